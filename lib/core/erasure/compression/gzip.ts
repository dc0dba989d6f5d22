import { Buffer } from 'node:buffer';
import { constants, crc32, deflateRaw, type ZlibOptions } from 'node:zlib';

import type { ByteSink } from '../format.ts';
import type { ContentSink } from './content-sink.ts';

/** What one thread of zlib compresses at a time. */
const BLOCK = 512 << 10;
/** How far back DEFLATE may point (RFC 1951, section 2). */
const REACH = 32 << 10;
/** Blocks that are compressed at once, and so many of them are held. */
const LANES = 3;

/**
 * Compresses into one member (RFC 1952), several blocks at once in zlib's own threads: each block goes
 * on from the bytes before it and ends at a byte, so that together they are one DEFLATE stream.
 */
export class GzipSink implements ContentSink {
  readonly #sink: ByteSink;
  readonly #level: number;
  #block = Buffer.allocUnsafeSlow(BLOCK);
  #held = 0;
  #before: Buffer | undefined;
  #crc = 0;
  #length = 0;
  /** In order; the first is written first. */
  readonly #lanes: Promise<Buffer>[] = [];

  constructor(sink: ByteSink, level: number) {
    this.#sink = sink;
    this.#level = level;
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      const part = bytes.subarray(at, at + BLOCK - this.#held);
      this.#block.set(part, this.#held);
      this.#held += part.length;
      at += part.length;
      if (this.#held === BLOCK) await this.#flush(false);
    }
  }

  async end(): Promise<void> {
    await this.#flush(true);
    while (this.#lanes.length > 0) await this.#drain();
    const trailer = Buffer.alloc(8);
    trailer.writeUInt32LE(this.#crc, 0);
    trailer.writeUInt32LE(this.#length % 2 ** 32, 4);
    await this.#sink.write(trailer);
  }

  async #flush(last: boolean): Promise<void> {
    if (this.#length === 0) await this.#sink.write(headerOf(this.#level));
    const block = this.#block.subarray(0, this.#held);
    this.#crc = crc32(block, this.#crc);
    this.#length += block.length;
    const { Z_FINISH, Z_SYNC_FLUSH } = constants;
    const lane = compress(block, {
      level: this.#level,
      finishFlush: last ? Z_FINISH : Z_SYNC_FLUSH,
      ...(this.#before && { dictionary: this.#before }),
    });
    // It is awaited in its turn; a failure before that is no unhandled one.
    lane.catch(() => undefined);
    this.#lanes.push(lane);
    this.#before = block.subarray(-REACH);
    this.#block = Buffer.allocUnsafeSlow(last ? 0 : BLOCK);
    this.#held = 0;
    if (this.#lanes.length === LANES) await this.#drain();
  }

  async #drain(): Promise<void> {
    const packed = await this.#lanes.shift();
    if (packed) await this.#sink.write(packed);
  }
}

/** No name, no time; section 2.3.1, XFL: 2 is the slowest and best, 4 the fastest. */
function headerOf(level: number): Buffer {
  const speed = level === 9 ? 2 : level === 1 ? 4 : 0;
  const system = 255;
  return Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, speed, system]);
}

function compress(block: Buffer, options: ZlibOptions): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    deflateRaw(block, options, (error, packed) => {
      if (error) reject(error);
      else resolve(packed);
    });
  });
}
