import { stopClock } from '../law/law-clock.ts';
import type { Actor } from '../model/command.ts';
import type { NoticeName } from '../model/outbox-message.ts';
import type { Lifecycle } from '../model/request.ts';
import { SYSTEM, type Draft } from './draft.ts';

export type TerminalLifecycle = keyof typeof NOTICE;

/** Ends a request: the law's clock stops, the subject and the systems are told, once each. */
export function endRequest(
  draft: Draft,
  end: TerminalLifecycle,
  reason?: string,
  actor: Actor = SYSTEM,
): void {
  draft.moveTo(end, reason, actor);
  const { clock } = draft.request;
  draft.set({
    // A request that failed for good was never answered, whatever the date.
    clock: end === 'FAILED' ? { ...clock, state: 'BREACHED' } : stopClock(clock, draft.now),
    hold: { kind: 'NONE' },
    workAt: undefined,
    remindAt: undefined,
  });
  const facts = { outcome: end, ...(reason !== undefined && { reason }) };
  draft.tell('subject', NOTICE[end], facts);
  draft.tell('systems', NOTICE[end], facts);
}

const NOTICE = {
  COMPLETED: 'completed',
  COMPLETED_WITH_EXEMPTIONS: 'completed-with-exemptions',
  FAILED: 'failed',
  REJECTED: 'refused',
  DUPLICATE: 'duplicate',
  EXPIRED: 'expired',
  CANCELLED: 'cancelled',
  CANCELLED_PARTIAL: 'cancelled-partial',
} as const satisfies Partial<Record<Lifecycle, NoticeName>>;
