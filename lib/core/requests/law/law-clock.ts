import type { Temporal } from 'temporal-polyfill';
import type { RequestType } from '../model/request.ts';
import { dateOf, endOf, lastDay, rollToWorkingDay, type Calendar } from './calendar.ts';
import type { Regime } from './regime.ts';
import { periodOf } from './regimes.ts';

/** The law's clock of one request. Times in ms since the epoch; `due` is an ISO date. */
export interface ClockState {
  readonly state: 'RUNNING' | 'PAUSED' | 'MET' | 'BREACHED';
  readonly receivedAt: number;
  /** Last day on which an answer is in time, in the policy's zone. */
  readonly due: string;
  /** First instant that is too late. */
  readonly dueAt: number;
  /** First instant at which a confirmation of receipt is too late. */
  readonly acknowledgeBy?: number | undefined;
  /** When a notice that confirms receipt was accepted. */
  readonly acknowledgedAt?: number | undefined;
  readonly pause?: { readonly since: number; readonly reason: string } | undefined;
  /** Whole days for which the clock has stood still. */
  readonly pausedDays: number;
  readonly extension?:
    { readonly at: number; readonly reason: string; readonly dueBefore: string } | undefined;
  /** When the answer was given. */
  readonly metAt?: number | undefined;
  /** Warnings given, in per cent of the period (50, 75, 90); 0 stands for a receipt not confirmed. */
  readonly warned: readonly number[];
}

/** What the clock runs by: the law and the calendar. */
export interface LawContext {
  readonly regime: Regime;
  readonly type: RequestType;
  readonly calendar: Calendar;
}

export type ClockOutcome =
  | { readonly ok: true; readonly clock: ClockState }
  /** `rule` says, as a code, what the law does not allow. */
  | { readonly ok: false; readonly rule: string };

export function startClock(law: LawContext, receivedAt: number): ClockState {
  const acknowledge = law.regime.acknowledgeWithinBusinessDays;
  const base = { state: 'RUNNING', receivedAt, pausedDays: 0, warned: [] } as const;
  return {
    ...base,
    ...dueOf(law, { ...base, extension: undefined }),
    ...(acknowledge !== undefined && {
      acknowledgeBy: endOf(
        law.calendar,
        lastDay(law.calendar, dateOf(law.calendar, receivedAt), { businessDays: acknowledge }),
      ),
    }),
  };
}

/** Lengthens the period: once, for a reason that the regime knows, and within the first period. */
export function extendClock(
  law: LawContext,
  clock: ClockState,
  reason: string,
  now: number,
): ClockOutcome {
  const period = periodOf(law.regime, law.type);
  if (period.extended === undefined) return refuse('no-extension');
  if (clock.extension !== undefined) return refuse('extended-already');
  if (period.extensionReasons?.includes(reason) !== true) return refuse('unknown-reason');
  if (isOver(clock)) return refuse('clock-stopped');
  if (now >= clock.dueAt && clock.state === 'RUNNING') return refuse('too-late');
  const extended = { ...clock, extension: { at: now, reason, dueBefore: clock.due } };
  // Warnings count shares of the period, and the period is now another.
  return { ok: true, clock: { ...extended, ...dueOf(law, extended), warned: [] } };
}

export function pauseClock(
  law: LawContext,
  clock: ClockState,
  reason: string,
  now: number,
): ClockOutcome {
  if (!law.regime.pauses.includes(reason)) return refuse('no-such-pause');
  if (clock.state !== 'RUNNING') return refuse('not-running');
  if (now >= clock.dueAt) return refuse('too-late');
  return { ok: true, clock: { ...clock, state: 'PAUSED', pause: { since: now, reason } } };
}

export function resumeClock(law: LawContext, clock: ClockState, now: number): ClockOutcome {
  if (clock.state !== 'PAUSED' || clock.pause === undefined) return refuse('not-paused');
  const from = dateOf(law.calendar, clock.pause.since);
  // A day begun is not a day paused: the subject never loses by rounding.
  const days = Math.max(0, from.until(dateOf(law.calendar, now)).days);
  const resumed = {
    ...clock,
    state: 'RUNNING' as const,
    pause: undefined,
    pausedDays: clock.pausedDays + days,
  };
  return { ok: true, clock: { ...resumed, ...dueOf(law, resumed) } };
}

/** Stops the clock at the answer: MET in time, BREACHED after. */
export function stopClock(clock: ClockState, now: number): ClockState {
  if (clock.state === 'MET' || clock.metAt !== undefined) return clock;
  const late = clock.state === 'BREACHED' || (clock.state === 'RUNNING' && now >= clock.dueAt);
  return { ...clock, state: late ? 'BREACHED' : 'MET', metAt: now };
}

/** BREACHED once the due date has passed without an answer. */
export function tickClock(clock: ClockState, now: number): ClockState {
  return clock.state === 'RUNNING' && now >= clock.dueAt ? { ...clock, state: 'BREACHED' } : clock;
}

/** When `percent` of the period is over. */
export function warnAt(clock: ClockState, percent: number): number {
  return clock.receivedAt + Math.floor(((clock.dueAt - clock.receivedAt) * percent) / 100);
}

function isOver(clock: ClockState): boolean {
  return clock.state === 'MET' || clock.metAt !== undefined;
}

function dueOf(
  law: LawContext,
  clock: Pick<ClockState, 'receivedAt' | 'pausedDays' | 'extension'>,
): Pick<ClockState, 'due' | 'dueAt'> {
  const period = periodOf(law.regime, law.type);
  const length = clock.extension === undefined ? period.length : (period.extended ?? period.length);
  const received = dateOf(law.calendar, clock.receivedAt);
  let date: Temporal.PlainDate = lastDay(law.calendar, received, length);
  if (clock.pausedDays > 0) date = date.add({ days: clock.pausedDays });
  if (period.rollsToWorkingDay) date = rollToWorkingDay(law.calendar, date);
  return { due: date.toString(), dueAt: endOf(law.calendar, date) };
}

function refuse(rule: string): ClockOutcome {
  return { ok: false, rule };
}
