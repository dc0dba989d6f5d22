import type { Buffer } from 'node:buffer';
import { createGunzip, type ZlibOptions } from 'node:zlib';

import { CorruptObject, type ObjectSource } from '../format.ts';

const CHUNK = 256 << 10;
/** So much is made in zlib's own thread while what was made before is read. */
const AHEAD = 4 * CHUNK;

/** The decompressed bytes of all members (RFC 1952, section 2.2). */
export async function* gunzipChunks(source: ObjectSource): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip({ chunkSize: CHUNK, readableHighWaterMark: AHEAD } as ZlibOptions);
  const packed = source.chunks()[Symbol.asyncIterator]();
  const feeding = feed(packed, gunzip);
  // What fails there ends the loop below.
  feeding.catch((error: unknown) => gunzip.destroy(error as Error));
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
    // Who leaves early leaves the feeding where it waits for room: it gives nothing back by itself.
    await packed.return?.();
  }
  if (gunzip.bytesWritten < source.size) {
    const reason = 'bytes that are no gzip member follow its last member';
    throw new CorruptObject(reason, gunzip.bytesWritten);
  }
}

async function feed(
  packed: AsyncIterator<Uint8Array>,
  gunzip: NodeJS.WritableStream,
): Promise<void> {
  for (let next = await packed.next(); next.done !== true; next = await packed.next()) {
    const chunk = next.value;
    await new Promise<void>((resolve, reject) => {
      // The chunk is the source's again once it has been taken in.
      gunzip.write(chunk, (error) => (error ? reject(error) : resolve()));
    });
  }
  gunzip.end();
}
