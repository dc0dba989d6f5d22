import { subjectHash } from '../core/identity/subject-hash.ts';
import type { AuditEntry } from '../core/audit/audit-entry.ts';
import type { RequestFilter, RequestPage } from '../core/ports/request-store.ts';
import type { Actor, Command } from '../core/requests/model/command.ts';
import type { DsrRequest, Identity } from '../core/requests/model/request.ts';
import { confirmIdentity, type VerbOutcome } from '../core/requests/verbs/confirm-identity.ts';
import type {
  EngineDependencies,
  WritingDependencies,
} from '../core/requests/verbs/dependencies.ts';
import { steerRequest } from '../core/requests/verbs/steer-request.ts';
import type { Submission } from '../core/requests/verbs/submission.ts';
import { submitRequest, type SubmitOutcome } from '../core/requests/verbs/submit-request.ts';

/** What the API asks of the request engine. */
export interface Desk {
  submit(submission: Submission): Promise<SubmitOutcome>;
  confirmIdentity(dsrId: string, token: string): Promise<VerbOutcome>;
  steer(dsrId: string, actor: Actor, command: Command): Promise<VerbOutcome>;
  load(dsrId: string): Promise<DsrRequest | undefined>;
  list(filter: RequestFilter, limit: number, cursor?: string): Promise<RequestPage>;
  auditTrail(dsrId: string): AsyncIterable<AuditEntry>;
  /** The hash under which a data subject's requests are found. */
  searchHash(identity: Identity): string;
}

/** The engine's verbs, bound to what they work with. */
export function requestDesk(
  deps: WritingDependencies & Pick<EngineDependencies, 'keys' | 'dataMap' | 'subjectHashKey'>,
): Desk {
  return {
    submit: (submission) => submitRequest(deps, submission),
    confirmIdentity: (dsrId, token) => confirmIdentity(deps, { dsrId, token }),
    steer: (dsrId, actor, command) => steerRequest(deps, { dsrId, actor, command }),
    load: (dsrId) => deps.requests.load(dsrId),
    list: (filter, limit, cursor) => deps.requests.list(filter, limit, cursor),
    auditTrail: (dsrId) => deps.requests.auditTrail(dsrId),
    searchHash: (identity) => subjectHash(deps.subjectHashKey, deps.dataMap, identity),
  };
}
