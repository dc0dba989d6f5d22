import { number } from './context-values.ts';

/** Settings of erasure in the archive; what each does: archive-config.ts. */
export const archiveSettings = {
  'lethe:archive-maximum-percent': number(0, 100, 'fraction')
    .refine((percent) => isWhole(percent * 100), 'must have at most two decimals')
    .default(10),
  // An order that waits longer than a day for its run is overdue.
  'lethe:archive-every-hours': number(1, 24).default(1),
  // Source: Lambda quotas: an account has 1,000 executions at once unless it asks for more.
  'lethe:archive-workers': number(1, 1_000).default(50),
  'lethe:archive-undo-days': number(0, 30).default(7),
};

/** But for what binary fractions leave. */
function isWhole(value: number): boolean {
  return Math.abs(value - Math.round(value)) < 1e-9;
}
