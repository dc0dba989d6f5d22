import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { constants, gunzipSync, inflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { GzipSink } from '../../../lib/core/erasure/compression/gzip.ts';
import { Collected } from './archive-bytes.ts';

async function gzipOf(parts: readonly Uint8Array[], level = 6): Promise<Buffer> {
  const sink = new Collected();
  const gzip = new GzipSink(sink, level);
  for (const part of parts) {
    const lent = Buffer.from(part);
    await gzip.write(lent);
    // A sink may keep nothing of what it was lent.
    lent.fill(0);
  }
  await gzip.end();
  return sink.bytes();
}

/** Words that repeat, so that blocks point back into the ones before. */
function bytesLike(seed: string, length: number): Buffer {
  const words = Array.from({ length: 64 }, (_, n) =>
    createHash('sha256').update(`${seed} ${n}`).digest(),
  );
  return Buffer.concat(
    Array.from({ length: Math.ceil(length / 32) }, (_, n) => words[(n * n + (n >> 5)) % 64]!),
    length,
  );
}

test('gives back what was written, however it was cut', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 8 }),
      fc.constantFrom(1, 6, 9),
      async (parts, level) => {
        expect(gunzipSync(await gzipOf(parts, level)).equals(Buffer.concat(parts))).toBe(true);
      },
    ),
  );
});

test.each([512 << 10, (512 << 10) + 1, 1 << 20, 3_000_017])(
  'makes one member of %d bytes, whose blocks go on from each other',
  async (length) => {
    const bytes = bytesLike('a', length);
    const packed = await gzipOf([bytes.subarray(0, 700_001), bytes.subarray(700_001)]);
    expect(gunzipSync(packed).equals(bytes)).toBe(true);
    // One DEFLATE stream between header and trailer: the decoder stops at its end, and there alone.
    const stream = packed.subarray(10, -8);
    const finishFlush = constants.Z_FINISH;
    expect(inflateRawSync(stream, { finishFlush }).equals(bytes)).toBe(true);
    // The words are known from the first block on.
    expect(packed.length).toBeLessThan(bytes.length / 8);
  },
);

test('says how well it was compressed, for the next rewriting', async () => {
  const speeds = await Promise.all([1, 6, 9].map(async (level) => (await gzipOf([], level))[8]));
  expect(speeds).toEqual([4, 0, 2]);
});

test('fails when what takes its bytes fails', async () => {
  const gzip = new GzipSink(
    {
      write: () => {
        throw new Error('the disk is full');
      },
    },
    6,
  );
  const writing = (async () => {
    await gzip.write(bytesLike('b', 2 << 20));
    await gzip.end();
  })();
  await expect(writing).rejects.toThrow('the disk is full');
});
