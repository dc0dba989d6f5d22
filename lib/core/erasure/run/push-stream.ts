import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';

import type { ByteSink } from '../format.ts';

/** Bytes handed on at a time. */
const PIECE = 256 << 10;

/** Whoever read the bytes has stopped reading; its own answer says why. */
class ReaderGone extends Error {
  override readonly name = 'ReaderGone';
}

/**
 * Turns what is written into what can be read, in constant memory: a writer waits for its reader.
 * Nothing ends until {@link end}: a store that reads this commits only then.
 */
export class PushStream implements ByteSink, AsyncIterable<Uint8Array> {
  #piece = Buffer.alloc(PIECE);
  #held = 0;
  #ready: Buffer | undefined;
  #state: 'open' | 'ended' | 'gone' = 'open';
  #failure: Error | undefined;
  #wake: () => void = () => undefined;
  readonly #hash = createHash('sha256');

  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      if (this.#held === PIECE) await this.flush();
      const part = bytes.subarray(at, at + PIECE - this.#held);
      this.#piece.set(part, this.#held);
      this.#held += part.length;
      at += part.length;
    }
  }

  /** Waits until what was written so far is on its way. */
  async flush(): Promise<void> {
    while (this.#ready !== undefined && !this.#isGone()) await this.#change();
    if (this.#isGone()) throw new ReaderGone('the bytes are read no longer');
    if (this.#held === 0) return;
    this.#ready = this.#piece.subarray(0, this.#held);
    this.#hash.update(this.#ready);
    this.#piece = Buffer.alloc(PIECE);
    this.#held = 0;
    this.#notify();
  }

  /** SHA-256 in hex of all that was flushed. To be asked once. */
  digest(): string {
    return this.#hash.digest('hex');
  }

  /** To be called after {@link flush}. */
  end(): void {
    this.#state = 'ended';
    this.#notify();
  }

  /** The reader gets this error in place of an end. */
  fail(error: Error): void {
    this.#failure = error;
    this.#notify();
  }

  /** The reader is through, whatever became of it: no writer may wait for it any more. */
  release(): void {
    this.#state = 'gone';
    this.#notify();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    try {
      while (true) {
        if (this.#failure !== undefined) throw this.#failure;
        const ready = this.#ready;
        if (ready !== undefined) {
          yield ready;
          this.#ready = undefined;
          this.#notify();
        } else if (this.#state === 'ended') return;
        else await this.#change();
      }
    } finally {
      this.release();
    }
  }

  #isGone(): boolean {
    return this.#state === 'gone';
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      const before = this.#wake;
      this.#wake = () => {
        before();
        resolve();
      };
    });
  }

  #notify(): void {
    const wake = this.#wake;
    this.#wake = () => undefined;
    wake();
  }
}
