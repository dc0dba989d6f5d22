import { Buffer } from 'node:buffer';
import { createGunzip, createGzip, type Gzip } from 'node:zlib';

import { CorruptObject, type ByteSink, type ObjectSource } from '../format.ts';
import type { ContentSink } from './content-sink.ts';

const CHUNK = 256 << 10;

/** The decompressed bytes of all members (RFC 1952, section 2.2). */
export async function* gunzipChunks(source: ObjectSource): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip({ chunkSize: CHUNK });
  const feeding = feed(source, gunzip);
  // Its failure comes out of the loop below as well.
  feeding.catch(() => undefined);
  try {
    for await (const chunk of gunzip) yield chunk as Buffer;
    await feeding;
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && String(cause.code).startsWith('Z_')) {
      throw new CorruptObject('its gzip data is damaged or cut short', undefined, { cause });
    }
    throw cause;
  } finally {
    gunzip.destroy();
  }
  if (gunzip.bytesWritten < source.size) {
    const reason = 'bytes that are no gzip member follow its last member';
    throw new CorruptObject(reason, gunzip.bytesWritten);
  }
}

async function feed(source: ObjectSource, gunzip: NodeJS.ReadWriteStream): Promise<void> {
  for await (const chunk of source.chunks()) {
    await new Promise<void>((resolve, reject) => {
      // The chunk is the source's again once it has been taken in.
      gunzip.write(chunk, (error) => (error ? reject(error) : resolve()));
    });
  }
  gunzip.end();
}

/** Compresses into one member. */
export class GzipSink implements ContentSink {
  readonly #gzip: Gzip;
  readonly #draining: Promise<void>;

  constructor(sink: ByteSink, level: number) {
    this.#gzip = createGzip({ level, chunkSize: CHUNK });
    this.#draining = this.#drain(sink);
    // It is awaited at the end; a failure before that is no unhandled one.
    this.#draining.catch(() => undefined);
  }

  async write(bytes: Uint8Array): Promise<void> {
    // Copied, so that the next rows are read while zlib's own thread compresses these.
    if (this.#gzip.write(Buffer.from(bytes))) return;
    await Promise.race([
      new Promise((resolve) => this.#gzip.once('drain', resolve)),
      this.#draining,
    ]);
  }

  async end(): Promise<void> {
    this.#gzip.end();
    await this.#draining;
  }

  async #drain(sink: ByteSink): Promise<void> {
    for await (const chunk of this.#gzip) await sink.write(chunk as Buffer);
  }
}
