import { tickClock, warnAt } from '../law/law-clock.ts';
import { deriveLifecycle, startWork } from './advance-lifecycle.ts';
import { dispatchTasks, passTaskTime } from './dispatch-tasks.ts';
import type { Draft } from './draft.ts';
import { endRequest } from './end-request.ts';
import { stopsAll } from './holds.ts';
import { isTerminal } from './lifecycle-table.ts';

/** Shares of the law's period, in per cent, at which administrators are warned. */
export const WARNINGS = [50, 75, 90] as const;
/** Stands in `warned` for a receipt that was not confirmed in time. */
const ACKNOWLEDGEMENT = 0;

/** Does all that has fallen due: what waits goes on, expires or is brought to mind. */
export function passTime(draft: Draft): void {
  if (isTerminal(draft.request.lifecycle)) return;
  passLawTime(draft);
  passLifecycleTime(draft);
  if (isTerminal(draft.request.lifecycle)) return;
  passTaskTime(draft);
  if (draft.request.lifecycle !== 'VERIFYING') dispatchTasks(draft);
  deriveLifecycle(draft);
  remind(draft);
}

function passLawTime(draft: Draft): void {
  const before = draft.request.clock;
  const clock = tickClock(before, draft.now);
  if (clock !== before) {
    draft.set({ clock });
    draft.record('deadline-missed', { due: clock.due });
    draft.tell('administrators', 'deadline-missed', { due: clock.due });
  } else if (clock.state === 'RUNNING') {
    const passed = WARNINGS.filter(
      (percent) => draft.now >= warnAt(clock, percent) && !clock.warned.includes(percent),
    );
    const last = passed.at(-1);
    if (last !== undefined) {
      draft.set({ clock: { ...clock, warned: [...clock.warned, ...passed] } });
      draft.tell('administrators', 'deadline-near', { percent: last, due: clock.due });
    }
  }
  const { acknowledgeBy, acknowledgedAt, warned } = draft.request.clock;
  if (
    acknowledgeBy !== undefined &&
    acknowledgedAt === undefined &&
    draft.now >= acknowledgeBy &&
    !warned.includes(ACKNOWLEDGEMENT)
  ) {
    draft.set({ clock: { ...draft.request.clock, warned: [...warned, ACKNOWLEDGEMENT] } });
    draft.record('acknowledgement-missed');
    draft.tell('administrators', 'deadline-missed', { what: 'acknowledgement' });
  }
}

function passLifecycleTime(draft: Draft): void {
  const { lifecycle, lifecycleSince, identity, graceUntil, hold } = draft.request;
  const { timeouts } = draft.context.policy;
  if (lifecycle === 'AWAITING_IDENTITY') {
    if (identity.kind === 'PENDING' && draft.now >= identity.expiresAt) {
      endRequest(draft, 'EXPIRED', 'identity-not-confirmed');
    }
  } else if (lifecycle === 'GRACE') {
    if (draft.now >= (graceUntil ?? 0) && !stopsAll(hold)) startWork(draft);
  } else if (lifecycle === 'PARTIALLY_FAILED' && !stopsAll(hold)) {
    if (draft.now >= lifecycleSince + timeouts.partiallyFailed) {
      endRequest(draft, 'FAILED', 'not-retried');
    }
  }
}

/**
 * What waits for a person is brought to mind again and again; nothing waits unseen. A reminder that
 * nothing needs any more goes out of its own accord.
 */
function remind(draft: Draft): void {
  const { remindAt, lifecycle, hold, clock, reason } = draft.request;
  if (remindAt === undefined || draft.now < remindAt) return;
  const waits =
    lifecycle === 'AWAITING_APPROVAL' ||
    hold.kind !== 'NONE' ||
    clock.state === 'PAUSED' ||
    reason === 'identity-ambiguous';
  if (!waits) {
    draft.set({ remindAt: undefined });
    return;
  }
  const { timeouts } = draft.context.policy;
  const every = lifecycle === 'AWAITING_APPROVAL' ? timeouts.approval : timeouts.hold;
  draft.set({ remindAt: draft.now + every });
  draft.tell('administrators', 'stuck', { lifecycle, due: draft.request.clock.due });
}
