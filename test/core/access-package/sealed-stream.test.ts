import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  openStream,
  SALT_BYTES,
  SealedStreamError,
  sealStream,
} from '../../../lib/core/access-package/sealed-stream.ts';

const key = randomBytes(32);

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) {
    await Promise.resolve();
    yield bytes.subarray(at, at + size);
  }
}

async function collect(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function seal(plain: Uint8Array, size = 10_000): Promise<Buffer> {
  return collect(sealStream(key, randomBytes(SALT_BYTES), 'p', pieces(plain, size)));
}

function open(sealed: Uint8Array, size = 7_777, purpose = 'p'): Promise<Buffer> {
  return collect(openStream(key, purpose, pieces(sealed, size)));
}

describe('a sealed stream', () => {
  it('gives back what was sealed, however either side is cut into pieces', async () => {
    const lengths = fc.oneof(
      fc.nat(300),
      fc.constantFrom(65_535, 65_536, 65_537, 131_072, 200_001),
    );
    await fc.assert(
      fc.asyncProperty(lengths, fc.integer({ min: 1, max: 150_000 }), async (length, size) => {
        const plain = randomBytes(length);
        expect((await open(await seal(plain, size), Math.max(size, 50))).equals(plain)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('yields no byte that was not sealed, wherever one is altered', async () => {
    const sealed = await seal(randomBytes(150_000));
    const places = [0, 8, 39, 40, 65_000, 65_590, 131_200, sealed.length - 1];
    for (const at of places) {
      const altered = Buffer.from(sealed);
      altered[at]! ^= 1;
      await expect(open(altered)).rejects.toThrow(SealedStreamError);
    }
  });

  it('notices a cut at any chunk, a chunk dropped, doubled or moved', async () => {
    const sealed = await seal(randomBytes(200_000));
    const piece = 65_536 + 16;
    const [head, one, two] = [
      sealed.subarray(0, 40),
      sealed.subarray(40, 40 + piece),
      sealed.subarray(40 + piece, 40 + 2 * piece),
    ];
    const rest = sealed.subarray(40 + 2 * piece);
    const forgeries = [
      [],
      [head.subarray(0, 20)],
      [head],
      [head, one],
      [head, one, two],
      [head, two, rest],
      [head, one, one, two, rest],
      [head, two, one, rest],
    ];
    for (const forged of forgeries) {
      await expect(open(Buffer.concat(forged))).rejects.toThrow(SealedStreamError);
    }
  });

  it('does not open under another key or for another purpose', async () => {
    const sealed = await seal(Buffer.from('x'));
    await expect(open(sealed, 100, 'q')).rejects.toThrow(SealedStreamError);
    const other = collect(openStream(randomBytes(32), 'p', pieces(sealed, 100)));
    await expect(other).rejects.toThrow(SealedStreamError);
  });
});
