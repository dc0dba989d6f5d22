import { appendEntries } from '../../audit/chain.ts';
import type { RequestWrite, RequestWriteOutcome } from '../../ports/request-store.ts';
import type { Decision, Refusal } from '../model/decision.ts';
import type { OutboxDraft, OutboxMessage } from '../model/outbox-message.ts';
import type { DsrRequest } from '../model/request.ts';
import type { DecisionContext } from '../state/draft.ts';
import { isTerminal } from '../state/lifecycle-table.ts';
import { nextWake } from '../state/next-wake.ts';
import { openDsrStatus } from '../state/opendsr-status.ts';
import type { WritingDependencies } from './dependencies.ts';

type Decided = Extract<Decision, { kind: 'decided' }>;

/** Writers meet rarely: each waits for nothing but the other's one write. */
const MOST_CONFLICTS = 20;

export type ChangeOutcome =
  | { readonly kind: 'done'; readonly request: DsrRequest; readonly changed: boolean }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

export function decisionContext(deps: WritingDependencies): DecisionContext {
  return {
    now: deps.clock.now(),
    policy: deps.policy,
    rules: deps.rules,
    jitter: deps.random.fraction(),
  };
}

/**
 * Reads a request, decides, and writes request, audit and outbox in one conditional write; decides
 * anew when somebody wrote in between, or when a name that the request claims is held by another.
 */
export async function changeRequest(
  deps: WritingDependencies,
  dsrId: string,
  decide: (request: DsrRequest, context: DecisionContext, claimedBy?: string) => Decision,
): Promise<ChangeOutcome> {
  let claimedBy: string | undefined;
  for (let conflicts = 0; conflicts < MOST_CONFLICTS; conflicts++) {
    const request = await deps.requests.load(dsrId);
    if (request === undefined) return { kind: 'refused', refusal: { code: 'not-found' } };
    const decision = decide(request, decisionContext(deps), claimedBy);
    if (decision.kind === 'refused') return decision;
    if (decision.kind === 'unchanged') return { kind: 'done', request, changed: false };
    const saved = await commit(deps, request, decision);
    if (saved.kind === 'saved') return { kind: 'done', request: saved.request, changed: true };
    claimedBy = saved.kind === 'claimed' ? saved.by : undefined;
  }
  return { kind: 'refused', refusal: { code: 'busy' } };
}

/** One conditional write of what was decided. `before` has version 0 for a new request. */
export async function commit(
  deps: WritingDependencies,
  before: DsrRequest,
  decision: Decided,
): Promise<
  | { readonly kind: 'saved'; readonly request: DsrRequest }
  | Exclude<RequestWriteOutcome, { kind: 'saved' }>
> {
  const write = prepareWrite(before, decision, deps.clock.now(), deps);
  const outcome = await deps.requests.save(write);
  return outcome.kind === 'saved' ? { kind: 'saved', request: write.request } : outcome;
}

function prepareWrite(
  before: DsrRequest,
  { request, audit, outbox, claim }: Decided,
  now: number,
  { policy, rules }: Pick<WritingDependencies, 'policy' | 'rules'>,
): RequestWrite {
  const chain = appendEntries(request.dsrId, before.audit, audit, now);
  const messages = [...outbox, ...callbacks(before, request)].map(
    (draft, index): OutboxMessage => ({
      ...draft,
      seq: request.outboxSeq + index + 1,
      createdAt: now,
      failures: 0,
    }),
  );
  const ended = isTerminal(request.lifecycle);
  const claims = ended ? [] : [...request.claims, ...claim];
  const written: DsrRequest = {
    ...request,
    version: before.version + 1,
    updatedAt: now,
    audit: chain.head,
    claims,
    outbox: [...request.outbox, ...messages],
    outboxSeq: request.outboxSeq + messages.length,
  };
  return {
    request: { ...written, wakeAt: nextWake(written, policy, rules) },
    expectedVersion: before.version,
    audit: chain.entries,
    ...(claim.length > 0 && !ended && { claim }),
    ...(ended && request.claims.length > 0 && { release: request.claims }),
  };
}

/** OpenDSR: every change of the status is told to every URL. */
function callbacks(before: DsrRequest, after: DsrRequest): readonly OutboxDraft[] {
  const status = openDsrStatus(after.lifecycle);
  if (before.version > 0 && openDsrStatus(before.lifecycle) === status) return [];
  return after.callbackUrls.map((url) => ({ kind: 'callback', url, status }));
}
