import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { erase, matcherOf } from './archive-bytes.ts';

const MEGABYTE = 1 << 20;
const matcher = matcherOf([{ match: { id: 'gone' } }]);

interface Row {
  isGone: boolean;
  bytes: Buffer;
}

/** Rows of about one length each, `goes` of a thousand to be erased, until there are `least` bytes. */
function rowsOf(least: number, mean: number, goes: number, seed: number): Row[] {
  const rows: Row[] = [];
  let state = seed;
  const next = () => (state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff) >> 8;
  for (let length = 0; length < least;) {
    const isGone = next() % 1000 < goes;
    const filler = 'x'.repeat(mean / 2 + (next() % mean));
    const bytes = Buffer.from(`{"id":"${isGone ? 'gone' : 'here'}","n":"${filler}"}\n`);
    rows.push({ isGone, bytes });
    length += bytes.length;
  }
  return rows;
}

/** What each part of the object must be. */
function expectedOf(rows: readonly Row[]) {
  const part = (isGone: boolean) =>
    Buffer.concat(rows.filter((row) => row.isGone === isGone).map(({ bytes }) => bytes));
  return { kept: part(false), matched: part(true) };
}

test('an object of several steps of copying is cut as a small one is, however it arrives', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: MEGABYTE - 100, max: 4 * MEGABYTE }),
      // Rows of a line, of a page, and longer than what is left of a step is read for.
      fc.constantFrom(100, 5000, 70_000, 600_000),
      fc.constantFrom(0, 1, 20, 500, 990, 1000),
      fc.constantFrom(1000, 64 << 10, (1 << 20) - 1, 1 << 20, 3 << 20),
      fc.nat(),
      fc.boolean(),
      async (least, mean, goes, piece, seed, replan) => {
        const rows = rowsOf(least, mean, goes, seed);
        const { kept, matched } = expectedOf(rows);
        const bytes = Buffer.concat(rows.map((row) => row.bytes));
        const got = await erase(bytes, matcher, 'jsonl', { piece, replan });
        expect(got.kept.equals(kept)).toBe(true);
        expect(got.matched.equals(matched)).toBe(true);
        // The stretches that were taken out, put back where they lay, make the original.
        const whole = Buffer.alloc(bytes.length);
        let at = 0;
        let from = 0;
        for (const { offset, bytes: part } of got.removed) {
          from += kept.copy(whole, at, from, from + offset - at);
          at = offset + part.copy(whole, offset);
        }
        kept.copy(whole, at, from);
        expect(whole.equals(bytes)).toBe(true);
      },
    ),
    { numRuns: 40 },
  );
});
