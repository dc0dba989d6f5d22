import type { Clock } from '../../lib/core/ports/clock.ts';
import type { SuppressionList } from '../../lib/core/ports/suppression-list.ts';
import type { SuppressionSet } from '../../lib/core/suppression/suppression-set.ts';

/** The list could not be read for so long that it may miss somebody. The caller must try again. */
export class SuppressionListUnavailableError extends Error {
  override readonly name = 'SuppressionListUnavailableError';
}

export interface SuppressionFeedOptions {
  list: Pick<SuppressionList, 'changesSince'>;
  /** What the changes are applied to; empty at first. */
  set: SuppressionSet;
  clock: Clock;
  /** From this age on the list is read again, ms. */
  refreshAfter: number;
  /** Beyond this age nothing may be decided by it, ms. */
  staleAfter: number;
  /** Told of each reading that failed. */
  onFailure: (error: unknown) => void;
}

export interface SuppressionFeed {
  /**
   * Brings the set up to date where its age asks for it, and answers that age in ms.
   *
   * Fails closed: once the list could not be read for `staleAfter`, or never was, it throws rather
   * than letting an event of a suppressed subject pass, or redacting those of everybody for good.
   * The delivery stream then sends the batch again, and at last keeps it in clear under its
   * restricted, short-lived error prefix: late, but neither leaked nor lost.
   * An entry is thus obeyed by every instance from `staleAfter` and one invocation's time on.
   * @throws {SuppressionListUnavailableError}
   */
  refresh(): Promise<number>;
}

export function createSuppressionFeed(options: SuppressionFeedOptions): SuppressionFeed {
  const { list, set, clock, refreshAfter, staleAfter, onFailure } = options;
  let cursor: string | undefined;
  // When the last reading that succeeded began: what came onto the list later may be missing.
  let readAt = Number.NEGATIVE_INFINITY;

  return {
    refresh: async () => {
      const startedAt = clock.now();
      if (startedAt - readAt < refreshAfter) return startedAt - readAt;
      try {
        for (let more = true; more;) {
          const answer = await list.changesSince(cursor);
          set.apply(answer.changes);
          ({ cursor, more } = answer);
        }
        readAt = startedAt;
      } catch (cause) {
        onFailure(cause);
        if (clock.now() - readAt > staleAfter) {
          throw new SuppressionListUnavailableError(
            'The suppression list could not be read for too long: nothing is let through',
            { cause },
          );
        }
      }
      return clock.now() - readAt;
    },
  };
}
