import { Decompress } from 'fzstd';

import { CorruptObject, type ByteSink, type ObjectSource } from '../format.ts';
import { loadZstd } from '../parquet/codec/zstd.ts';
import type { ContentSink } from './content-sink.ts';

/** Frames of so many bytes each: what a reader of them needs as memory stays small. */
const FRAME = 4 << 20;

/** The decompressed bytes of all frames (RFC 8878). */
export async function* unzstdChunks(source: ObjectSource): AsyncGenerator<Uint8Array> {
  let made: Uint8Array[] = [];
  const stream = new Decompress((chunk) => {
    made.push(chunk);
  });
  const push = (chunk: Uint8Array, last: boolean) => {
    try {
      stream.push(chunk, last);
    } catch (cause) {
      throw new CorruptObject('its zstd data is damaged or cut short', undefined, { cause });
    }
  };
  for await (const chunk of source.chunks()) {
    // A copy: the stream holds on to what it can't use yet.
    push(chunk.slice(), false);
    yield* made;
    made = [];
  }
  push(new Uint8Array(0), true);
  yield* made;
}

/** Compresses into frames of their own, one after the other, which every reader takes for one. */
export class ZstdSink implements ContentSink {
  readonly #sink: ByteSink;
  readonly #frame = new Uint8Array(FRAME);
  #held = 0;
  #frames = 0;

  constructor(sink: ByteSink) {
    this.#sink = sink;
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      const part = bytes.subarray(at, at + FRAME - this.#held);
      this.#frame.set(part, this.#held);
      this.#held += part.length;
      at += part.length;
      if (this.#held === FRAME) await this.#flush();
    }
  }

  async end(): Promise<void> {
    if (this.#held > 0 || this.#frames === 0) await this.#flush();
  }

  async #flush(): Promise<void> {
    const zstd = await loadZstd();
    await this.#sink.write(zstd.compress(this.#frame.subarray(0, this.#held)));
    this.#held = 0;
    this.#frames++;
  }
}
