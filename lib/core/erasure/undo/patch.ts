import { Buffer } from 'node:buffer';

import { ChunkReader } from '../compression/chunk-reader.ts';
import type { ByteReader, ByteSink, ForgetOutputs } from '../format.ts';
import { readFully } from './sealed-stream.ts';

// Stretch: f64 offset in the original, f64 length, the bytes. Little endian.
const HEADER = 16;
const WINDOW = 1 << 20;

/** Writes what is removed from an object as an undo patch. */
export function patchWriter(sink: ByteSink): NonNullable<ForgetOutputs['removed']> {
  return {
    write(offset, bytes) {
      // From the pool: there may be one for every row.
      const header = Buffer.allocUnsafe(HEADER);
      header.writeDoubleLE(offset, 0);
      header.writeDoubleLE(bytes.length, 8);
      const done = sink.write(header);
      return done ? done.then(() => sink.write(bytes)) : sink.write(bytes);
    },
  };
}

/**
 * Puts the removed stretches back: reads what was kept, writes what was there. Answers false when the
 * kept bytes are too few for the patch.
 */
export async function applyPatch(
  kept: ByteReader,
  patch: AsyncIterable<Uint8Array>,
  original: ByteSink,
): Promise<boolean> {
  const removed = new ChunkReader(patch);
  const window = Buffer.alloc(WINDOW);
  let written = 0;
  const copy = async (from: ByteReader, length: number): Promise<number> => {
    let left = length;
    while (left > 0) {
      const got = await from.read(window.subarray(0, Math.min(WINDOW, left)));
      if (got === 0) break;
      await original.write(window.subarray(0, got));
      written += got;
      left -= got;
    }
    return left;
  };
  while (true) {
    const first = Buffer.alloc(1);
    if ((await removed.read(first)) === 0) break;
    const header = Buffer.concat([first, await readFully(removed, HEADER - 1)]);
    const left = await copy(kept, header.readDoubleLE(0) - written);
    if (left > 0) return false;
    if ((await copy(removed, header.readDoubleLE(8))) > 0) return false;
  }
  await copy(kept, Number.MAX_SAFE_INTEGER);
  return true;
}
