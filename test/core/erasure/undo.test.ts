import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { ChunkReader } from '../../../lib/core/erasure/compression/chunk-reader.ts';
import { applyPatch, patchWriter } from '../../../lib/core/erasure/undo/patch.ts';
import {
  openSealed,
  SealBroken,
  SealingSink,
} from '../../../lib/core/erasure/undo/sealed-stream.ts';
import { Collected, erase, matcherOf, objectOf } from './archive-bytes.ts';

const key = Buffer.alloc(32, 1);
const nonce = Buffer.alloc(8, 2);
const reader = (bytes: Uint8Array) => new ChunkReader(objectOf(bytes, 1000).chunks());

async function seal(bytes: Uint8Array, context = 'c'): Promise<Buffer> {
  const sealed = new Collected();
  const sink = new SealingSink(sealed, { key, context }, nonce);
  await sink.write(bytes);
  await sink.end();
  return sealed.bytes();
}

async function open(sealed: Uint8Array, context = 'c', withKey: Uint8Array = key): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of openSealed(reader(sealed), { key: withKey, context })) parts.push(part);
  return Buffer.concat(parts);
}

describe('a sealed stream', () => {
  test.each([0, 1, 262_143, 262_144, 262_145, 1_000_000])(
    'of %i bytes opens again',
    async (length) => {
      const bytes = Buffer.alloc(length, 'ab');
      expect((await open(await seal(bytes))).equals(bytes)).toBe(true);
    },
  );

  test('holds nothing in clear', async () => {
    expect((await seal(Buffer.from('secret-7'))).includes('secret')).toBe(false);
  });

  test('opens for no other context or key', async () => {
    const sealed = await seal(Buffer.from('x'));
    await expect(open(sealed, 'd')).rejects.toThrow(SealBroken);
    await expect(open(sealed, 'c', Buffer.alloc(32, 3))).rejects.toThrow(SealBroken);
  });

  test('opens no more when a piece is changed, cut off, left out or moved', async () => {
    const piece = 4 + 262_144 + 16;
    const sealed = await seal(Buffer.alloc(262_144 * 2 + 5, 'x'));
    const [first, second] = [
      sealed.subarray(8, 8 + piece),
      sealed.subarray(8 + piece, 8 + 2 * piece),
    ];
    const head = sealed.subarray(0, 8);
    const rest = sealed.subarray(8 + 2 * piece);
    const changed = Buffer.from(sealed);
    changed[5000]! ^= 1;
    for (const broken of [
      changed,
      sealed.subarray(0, -1),
      sealed.subarray(0, 8 + piece),
      Buffer.concat([head, first, rest]),
      Buffer.concat([head, second, first, rest]),
    ]) {
      await expect(open(broken)).rejects.toThrow(SealBroken);
    }
  });
});

test('an undo patch gives back the very bytes', async () => {
  const matcher = matcherOf([{ match: { id: 7 } }]);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom('{"id":7}', '{"id":1}', '', '{', '{"id":"7" }\r'), {
        maxLength: 30,
      }),
      fc.boolean(),
      async (rows, newline) => {
        const bytes = Buffer.from(rows.join('\n') + (newline ? '\n' : ''));
        const { kept, removed } = await erase(bytes, matcher, 'jsonl');
        const patch = new Collected();
        const writer = patchWriter(patch);
        for (const { offset, bytes: part } of removed) await writer.write(offset, part);
        const restored = new Collected();
        const fits = await applyPatch(reader(kept), objectOf(patch.bytes(), 3).chunks(), restored);
        expect(fits).toBe(true);
        expect(restored.bytes().equals(bytes)).toBe(true);
      },
    ),
  );
});

test('an undo patch that does not fit says so', async () => {
  const patch = new Collected();
  await patchWriter(patch).write(100, Buffer.from('x'));
  const outcome = await applyPatch(
    reader(Buffer.from('short')),
    objectOf(patch.bytes()).chunks(),
    new Collected(),
  );
  expect(outcome).toBe(false);
});
