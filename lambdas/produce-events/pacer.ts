import type { Clock } from '../../lib/core/ports/clock.ts';
import type { Sleep } from '../runtime/sleep.ts';

/** What may be sent a second. */
export interface Pace {
  records: number;
  bytes: number;
}

export interface Pacer {
  /** Answers once so many records and bytes may be sent, or the signal aborts; in order of calls. */
  take(records: number, bytes: number, signal: AbortSignal): Promise<void>;
  change(pace: Pace): void;
}

/** A sender that was held up may catch up on this much, so that a late timer costs no throughput. */
const CATCH_UP_MILLISECONDS = 100;

/** Spreads sending evenly over time: each take pushes the next one's start back by its own share. */
export function createPacer(clock: Clock, sleep: Sleep, pace: Pace): Pacer {
  let current = pace;
  let nextStart = clock.now();
  return {
    take: async (records, bytes, signal) => {
      const start = Math.max(nextStart, clock.now() - CATCH_UP_MILLISECONDS);
      const seconds = Math.max(records / current.records, bytes / current.bytes);
      nextStart = start + seconds * 1000;
      const wait = start - clock.now();
      if (wait > 0) await sleep(wait, signal);
    },
    change: (changed) => {
      current = changed;
    },
  };
}
