import type { z } from 'zod';
import type { archiveSettings } from './archive-settings.ts';

/** What a deployment may choose of erasure in the archive. */
export interface ArchiveConfig {
  /**
   * Most of the rows that one run may take out, in all and below each prefix, in a hundred, with two
   * decimals; a run that would take more is stopped before any write. @default 10
   */
  readonly maximumPercent: number;
  /** Hours between two starts of a run for all orders that wait, 1 to 24. @default 1 */
  readonly everyHours: number;
  /** Functions that work on a run at once at most, 1 to 1000. @default 50 */
  readonly workers: number;
  /**
   * Days that a run can be given back as a whole, by whoever may read its sealed patches; 0: not at
   * all. Then the keys of the patches are destroyed. See docs/adr/0018. @default 7
   */
  readonly undoDays: number;
}

export function archiveConfig(read: z.output<z.ZodObject<typeof archiveSettings>>): ArchiveConfig {
  return {
    maximumPercent: read['lethe:archive-maximum-percent'],
    everyHours: read['lethe:archive-every-hours'],
    workers: read['lethe:archive-workers'],
    undoDays: read['lethe:archive-undo-days'],
  };
}
