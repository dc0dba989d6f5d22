/** Wakes a loop that waits for work; a ring while it works counts for its next wait. */
export class Doorbell {
  private hasRung = false;
  private wake: (() => void) | undefined;

  ring(): void {
    this.hasRung = true;
    this.wake?.();
  }

  /** Answers at a ring, after so many ms, or when the signal aborts. For one waiter. */
  async wait(milliseconds: number, signal: AbortSignal): Promise<void> {
    if (!this.hasRung && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const end = (): void => {
          clearTimeout(timer);
          signal.removeEventListener('abort', end);
          this.wake = undefined;
          resolve();
        };
        const timer = setTimeout(end, milliseconds);
        signal.addEventListener('abort', end, { once: true });
        this.wake = end;
      });
    }
    this.hasRung = false;
  }
}
