const DAY = 24 * 60 * 60 * 1_000;

/** When rows are deleted for good. Durations in ms. */
export interface DeletionSchedule {
  /** Between two passes. @default 28 days: the source asks for 25 to 30 */
  readonly every: number;
  /** How long a flag can be taken back at least, unless the law's date is nearer. */
  readonly undoWindow: number;
  /** So long before the law's date the rows must be gone, to leave time to verify. */
  readonly margin: number;
}

export const DEFAULT_SCHEDULE: DeletionSchedule = {
  every: 28 * DAY,
  undoWindow: 7 * DAY,
  margin: 3 * DAY,
};

/**
 * When a subject flagged now is deleted: at the first pass after the undo window, or sooner when the
 * law's date asks for it, but not before now. Passes fall on multiples of `every` since the epoch.
 */
export function deleteAfter(schedule: DeletionSchedule, now: number, dueAt?: number): number {
  const { every, undoWindow, margin } = schedule;
  const earliest = now + undoWindow;
  const pass = every === 0 ? earliest : Math.ceil(earliest / every) * every;
  return dueAt === undefined ? pass : Math.max(now, Math.min(pass, dueAt - margin));
}
