import type { Clock } from '../../lib/core/ports/clock.ts';

/** A clock that stands still while anything runs, and jumps to the next sleeper when all wait. */
export interface VirtualTime {
  clock: Clock;
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
  /** Runs something to its end, in no real time. */
  run<T>(work: Promise<T>): Promise<T>;
}

export function virtualTime(start = Date.UTC(2026, 0, 1)): VirtualTime {
  let now = start;
  let sleepers: { at: number; wake: () => void }[] = [];
  return {
    clock: { now: () => now },
    sleep: (milliseconds, signal) =>
      new Promise((resolve) => {
        const wake = (): void => {
          sleepers = sleepers.filter((one) => one !== sleeper);
          signal?.removeEventListener('abort', wake);
          resolve();
        };
        const sleeper = { at: now + Math.max(0, milliseconds), wake };
        sleepers.push(sleeper);
        signal?.addEventListener('abort', wake);
      }),
    run: async (work) => {
      const state = { done: false };
      const isDone = (): boolean => state.done;
      const ended = work.finally(() => {
        state.done = true;
      });
      ended.catch(() => undefined);
      while (!isDone()) {
        // All that can go on without time passing goes on first.
        await new Promise((resolve) => setImmediate(resolve));
        if (isDone() || sleepers.length === 0) continue;
        const next = Math.min(...sleepers.map(({ at }) => at));
        now = Math.max(now, next);
        const due = sleepers.filter(({ at }) => at <= now);
        for (const { wake } of due) wake();
      }
      return ended;
    },
  };
}
