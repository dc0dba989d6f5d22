/** Cells of 8 bytes: how many bytes are written, and whether more may come. */
const [BYTES, STATE] = [0, 1];
const [WRITING, ENDED, FAILED] = [0n, 1n, 2n];
/** Whoever waits looks up now and then (ms): a wake-up that is lost costs time, not the run. */
const LOOK_UP = 1_000;

/** How far another thread has got with a file, for one that reads after it. */
export class WrittenSoFar {
  readonly shared: SharedArrayBuffer;
  readonly #cells: BigInt64Array;

  constructor(shared = new SharedArrayBuffer(16)) {
    this.shared = shared;
    this.#cells = new BigInt64Array(shared);
  }

  add(bytes: number): void {
    Atomics.add(this.#cells, BYTES, BigInt(bytes));
    Atomics.notify(this.#cells, BYTES);
  }

  /** All is written. */
  end(): void {
    this.#close(ENDED);
  }

  /** Nothing more will come. Once it has ended, or failed, it stays so. */
  fail(): void {
    this.#close(FAILED);
  }

  #close(state: bigint): void {
    Atomics.compareExchange(this.#cells, STATE, WRITING, state);
    Atomics.notify(this.#cells, BYTES);
  }

  /**
   * Blocks its thread until more than `known` bytes are there, and answers how many; `known` when
   * these are all. Undefined when the writer failed.
   */
  beyond(known: number): number | undefined {
    while (true) {
      // In this order: what was written before the end is counted by then.
      const state = Atomics.load(this.#cells, STATE);
      const written = Atomics.load(this.#cells, BYTES);
      if (state === FAILED) return undefined;
      if (state === ENDED || written > BigInt(known)) return Number(written);
      Atomics.wait(this.#cells, BYTES, written, LOOK_UP);
    }
  }
}
