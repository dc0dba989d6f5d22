import type { Doorbell } from './doorbell.ts';

export interface LoopOptions {
  readonly bell: Doorbell;
  /** How long it waits when there was nothing to do, ms; the bell ends the wait. */
  readonly every: number;
  /** Answers whether there may be more to do at once. */
  readonly work: () => Promise<boolean>;
  /** Told when the work threw, by the error's class: a message might quote personal data. */
  readonly onFault: (errorName: string) => void;
}

/** After a fault it waits so long at least, ms. */
const AFTER_FAULT = 1_000;

/** Works again and again until the signal aborts; a fault is told and outlived. */
export async function repeatLoop(options: LoopOptions, signal: AbortSignal): Promise<void> {
  const { bell, every, work, onFault } = options;
  while (!signal.aborted) {
    try {
      if (await work()) continue;
      await bell.wait(every, signal);
    } catch (error) {
      onFault(error instanceof Error ? error.name : 'unknown');
      await bell.wait(Math.max(every, AFTER_FAULT), signal);
    }
  }
}
