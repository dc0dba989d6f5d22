import { warnAt } from '../../lib/core/requests/law/law-clock.ts';
import type { DsrRequest } from '../../lib/core/requests/model/request.ts';
import { isTerminal } from '../../lib/core/requests/state/lifecycle-table.ts';
import type { RequestStore } from '../../lib/core/ports/request-store.ts';

/** How all open requests stand at one moment. */
export interface Survey {
  open: number;
  /** Since the receipt of the oldest, ms; 0 where none is open. */
  oldest: number;
  /** Past so many per cent of the law's period; who is past 90 is past 50 too. */
  past: Record<50 | 75 | 90, number>;
  overdue: number;
  /** Should have been driven {@link STUCK_AFTER} ago, and were not. */
  stuck: number;
  /** Go on only when a person does something. */
  waiting: number;
  /** How long the oldest notice or order has waited to go out, ms; callbacks wait for others. */
  unsent: number;
}

const STUCK_AFTER = 15 * 60 * 1_000;
/** Beyond so many the numbers matter no more. */
const MOST = 10_000;
const AT_ONCE = 16;

/**
 * Looks at every open request. Finds them by the time at which each wants to be woken, which none that
 * is open is without; a listing would look at all that ever were. Reads them all, so it is for every
 * quarter of an hour. Stops early when `mayGoOn` says so; what it then answers is too low, never too
 * high.
 */
export async function survey(
  requests: Pick<RequestStore, 'load' | 'dueForWaking' | 'withOutbox'>,
  now: number,
  mayGoOn: () => boolean,
): Promise<Survey> {
  const found: Survey = {
    open: 0,
    oldest: 0,
    past: { 50: 0, 75: 0, 90: 0 },
    overdue: 0,
    stuck: (await requests.dueForWaking(now - STUCK_AFTER, MOST)).length,
    waiting: 0,
    unsent: 0,
  };
  // Closed requests have last messages too.
  const sending = await requests.withOutbox(MOST);
  for await (const { outbox } of loaded(requests, sending, mayGoOn)) {
    for (const { kind, createdAt } of outbox) {
      if (kind !== 'callback') found.unsent = Math.max(found.unsent, now - createdAt);
    }
  }
  const ids = await requests.dueForWaking(Number.MAX_SAFE_INTEGER, MOST);
  for await (const request of loaded(requests, ids, mayGoOn)) {
    if (!isTerminal(request.lifecycle)) count(found, request, now);
  }
  return found;
}

async function* loaded(
  requests: Pick<RequestStore, 'load'>,
  ids: readonly string[],
  mayGoOn: () => boolean,
): AsyncGenerator<DsrRequest> {
  for (let from = 0; from < ids.length && mayGoOn(); from += AT_ONCE) {
    const some = ids.slice(from, from + AT_ONCE);
    for (const request of await Promise.all(some.map((dsrId) => requests.load(dsrId)))) {
      if (request !== undefined) yield request;
    }
  }
}

function count(found: Survey, request: DsrRequest, now: number): void {
  const { clock, receivedAt } = request;
  found.open += 1;
  found.oldest = Math.max(found.oldest, now - receivedAt);
  const isOverdue = clock.state === 'BREACHED' || (clock.state === 'RUNNING' && now >= clock.dueAt);
  if (isOverdue) found.overdue += 1;
  for (const percent of [50, 75, 90] as const) {
    const isPast = clock.state === 'RUNNING' && now >= warnAt(clock, percent);
    if (isOverdue || isPast) found.past[percent] += 1;
  }
  if (waitsForPerson(request)) found.waiting += 1;
}

function waitsForPerson({ lifecycle, hold, reason, clock }: DsrRequest): boolean {
  return (
    lifecycle === 'PARTIALLY_FAILED' ||
    lifecycle === 'AWAITING_APPROVAL' ||
    hold.kind !== 'NONE' ||
    clock.state === 'PAUSED' ||
    reason === 'identity-ambiguous'
  );
}
