import type { ByteReader } from '../format.ts';

/** Reads chunks of any length into the caller's memory. */
export class ChunkReader implements ByteReader {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #chunk: Uint8Array = new Uint8Array(0);

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  read(into: Uint8Array): number | Promise<number> {
    return this.#chunk.length > 0 ? this.#take(into) : this.#fetch(into);
  }

  async close(): Promise<void> {
    await this.#chunks.return?.();
  }

  async #fetch(into: Uint8Array): Promise<number> {
    while (this.#chunk.length === 0) {
      const next = await this.#chunks.next();
      if (next.done === true) return 0;
      this.#chunk = next.value;
    }
    return this.#take(into);
  }

  #take(into: Uint8Array): number {
    const length = Math.min(into.length, this.#chunk.length);
    into.set(this.#chunk.subarray(0, length));
    this.#chunk = this.#chunk.subarray(length);
    return length;
  }
}
