import { appendEntries, emptyChain } from '../../../lib/core/audit/chain.ts';
import type { AuditDraft } from '../../../lib/core/audit/audit-entry.ts';
import type { RequestWrite } from '../../../lib/core/ports/request-store.ts';
import { startClock } from '../../../lib/core/requests/law/law-clock.ts';
import { DEFAULT_POLICY, DEFAULT_RULES } from '../../../lib/core/requests/model/default-policy.ts';
import type { DsrRequest } from '../../../lib/core/requests/model/request.ts';
import type { DecisionContext } from '../../../lib/core/requests/state/draft.ts';
import { planTasks } from '../../../lib/core/requests/state/plan-tasks.ts';
import { WORLD_MAP } from '../../../lib/simulation/world-map.ts';

export const AT = Date.UTC(2026, 0, 5, 8);

const box = { alg: 'A256GCM', nonce: 'n', ciphertext: 'c', tag: 't' } as const;

export function context(now = AT, jitter = 0.5): DecisionContext {
  return { now, policy: DEFAULT_POLICY, rules: DEFAULT_RULES, jitter };
}

/** A request of an agent who vouches, not yet planned. */
export function sampleRequest(change: Partial<DsrRequest> = {}): DsrRequest {
  const dsrId = change.dsrId ?? '11111111-2222-4333-8444-555555555555';
  const law = {
    regime: DEFAULT_POLICY.regimes['gdpr']!,
    type: change.type ?? 'erasure',
    calendar: { timeZone: 'UTC', holidays: [] },
  };
  return {
    schema: 1,
    dsrId,
    version: 1,
    type: 'erasure',
    regime: 'gdpr',
    controllerId: 'controller-1',
    channel: 'opendsr',
    language: 'en',
    receivedAt: AT,
    updatedAt: AT,
    intakeHash: 'intake',
    lifecycle: 'IN_PROGRESS',
    lifecycleSince: AT,
    clock: startClock(law, AT),
    hold: { kind: 'NONE' },
    verification: 'NOT_STARTED',
    notification: 'PENDING',
    intent: 'fulfil',
    identity: { kind: 'VOUCHED' },
    approvals: [],
    subject: { hashes: ['hash-1'], contactable: true, details: box },
    tasks: [],
    destructiveStarted: false,
    callbackUrls: [],
    claims: [],
    outbox: [],
    outboxSeq: 0,
    audit: emptyChain(dsrId),
    ...change,
  };
}

/** The same, planned, with every task on its first attempt. */
export function dispatchedRequest(change: Partial<DsrRequest> = {}): DsrRequest {
  const type = change.type ?? 'erasure';
  const tasks = planTasks(WORLD_MAP, type, AT).map((task) =>
    task.state === 'EXEMPT' ? task : { ...task, state: 'DISPATCHED' as const, attempt: 1 },
  );
  const subject = { hashes: ['hash-1'], contactable: true, details: box, aliases: box };
  return sampleRequest({ tasks, subject, destructiveStarted: true, ...change });
}

/** The write that follows a request, with entries of these actions. */
export function writeAfter(
  before: DsrRequest,
  change: Partial<DsrRequest> = {},
  actions: readonly string[] = ['tested'],
): RequestWrite {
  const drafts = actions.map((action): AuditDraft => ({
    action,
    actor: { kind: 'system', id: 'test' },
    facts: {},
  }));
  const chain = appendEntries(before.dsrId, before.audit, drafts, AT);
  return {
    request: { ...before, ...change, version: before.version + 1, audit: chain.head },
    expectedVersion: before.version,
    audit: chain.entries,
  };
}
