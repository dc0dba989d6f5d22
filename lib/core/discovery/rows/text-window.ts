import { Buffer } from 'node:buffer';

import { gunzipChunks } from '../../erasure/compression/gunzip.ts';
import { compressionOf } from '../../erasure/compression/content.ts';
import { unzstdChunks } from '../../erasure/compression/zstd.ts';
import { CorruptObject, type Compression, type ObjectSource } from '../../erasure/format.ts';

/** The longest row that is read. */
const LONGEST_ROW = 4 << 20;

/** The beginning of an object's content, as far as a number of bytes goes. */
export class TextWindow {
  readonly compression: Compression;
  readonly #chunks: AsyncIterator<Uint8Array>;
  readonly #budget: number;
  #taken = 0;
  #held: Buffer = Buffer.alloc(0);
  #last = false;

  private constructor(compression: Compression, source: ObjectSource, budget: number) {
    this.compression = compression;
    this.#budget = budget;
    this.#chunks = chunksOf(compression, source)[Symbol.asyncIterator]();
  }

  static async open(source: ObjectSource, budget: number): Promise<TextWindow> {
    const head = await source.read(0, Math.min(source.size, 4));
    return new TextWindow(compressionOf(head), source, budget);
  }

  /** What was read and not dropped yet. */
  get held(): Buffer {
    return this.#held;
  }

  /** Whether what is held goes to the content's end. */
  get last(): boolean {
    return this.#last;
  }

  /** Reads on. False at the end of the content or of the budget. */
  async grow(): Promise<boolean> {
    if (this.#last || this.#taken >= this.#budget) return false;
    if (this.#held.length > LONGEST_ROW) {
      throw new CorruptObject(`a row is longer than ${LONGEST_ROW >> 20} MiB`);
    }
    const next = await this.#chunks.next();
    if (next.done === true) {
      this.#last = true;
      return false;
    }
    this.#taken += next.value.length;
    this.#held = Buffer.concat([this.#held, next.value]);
    return true;
  }

  drop(bytes: number): void {
    this.#held = this.#held.subarray(bytes);
  }

  /** The next line without its newline; undefined when there is none that is whole. */
  async line(): Promise<Buffer | undefined> {
    while (true) {
      const newline = this.#held.indexOf(0x0a);
      if (newline >= 0) {
        const line = this.#held.subarray(0, newline);
        this.drop(newline + 1);
        return line;
      }
      if (await this.grow()) continue;
      const rest = this.#held;
      this.drop(rest.length);
      return this.#last && rest.length > 0 ? rest : undefined;
    }
  }

  async close(): Promise<void> {
    await this.#chunks.return?.();
  }
}

function chunksOf(compression: Compression, source: ObjectSource): AsyncIterable<Uint8Array> {
  switch (compression) {
    case 'gzip':
      return gunzipChunks(source);
    case 'zstd':
      return unzstdChunks(source);
    case 'none':
      return source.chunks();
  }
}

export function isBlank(line: Uint8Array): boolean {
  return line.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d);
}
