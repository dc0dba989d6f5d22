import type { Clock } from '../../lib/core/ports/clock.ts';
import type { Sleep } from '../runtime/sleep.ts';

/** Work that was started and not yet ended. Waiting for it ends at a time, whatever the work does. */
export class Underway {
  /** What the first piece of work threw that did. */
  fault: Error | undefined;
  readonly #pieces = new Set<Promise<void>>();
  readonly #clock: Clock;
  readonly #sleep: Sleep;

  constructor(clock: Clock, sleep: Sleep) {
    this.#clock = clock;
    this.#sleep = sleep;
  }

  get size(): number {
    return this.#pieces.size;
  }

  start(work: Promise<void>): void {
    const piece = work
      .catch((error: unknown) => {
        this.fault ??= error instanceof Error ? error : new Error('not an error', { cause: error });
      })
      .finally(() => this.#pieces.delete(piece));
    this.#pieces.add(piece);
  }

  oneSettles(at: number): Promise<void> {
    return this.until(at, Promise.race(this.#pieces));
  }

  allSettle(at: number): Promise<void> {
    return this.until(at, Promise.all(this.#pieces));
  }

  /** Waits for something until a time, ms since the epoch. */
  async until(at: number, work: Promise<unknown>): Promise<void> {
    const timer = new AbortController();
    try {
      const wait = Math.max(0, at - this.#clock.now());
      await Promise.race([work, this.#sleep(wait, timer.signal)]);
    } finally {
      // A timer left behind would keep the process alive.
      timer.abort();
    }
  }
}
