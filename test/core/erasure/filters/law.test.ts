import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  buildFuse,
  fuseBytes,
  fuseTest,
} from '../../../../lib/core/erasure/filters/fuse-filter.ts';
import { FilterBuilder } from '../../../../lib/core/erasure/filters/filter-builder.ts';
import { matcherOf } from '../archive-bytes.ts';
import { Bench } from './filtering.ts';

/** Distinct hashes: SHA-256 of numbers, two words of 32 bits each. */
function hashes(count: number, from = 0): Uint32Array {
  const words = new Uint32Array(count * 2);
  for (let n = 0; n < count; n++) {
    const digest = createHash('sha256')
      .update(`${from + n}`)
      .digest();
    words[n * 2] = digest.readUInt32LE(0);
    words[n * 2 + 1] = digest.readUInt32LE(4);
  }
  return words;
}

const hits = (words: Uint32Array, test: (low: number, high: number) => boolean): number => {
  let count = 0;
  for (let at = 0; at < words.length; at += 2) if (test(words[at]!, words[at + 1]!)) count++;
  return count;
};

const STRANGERS = hashes(40_000, 10_000_000);

describe('a fuse filter', () => {
  it('holds every hash that it was built of, of any count and width', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 3000 }),
        fc.integer({ min: 1, max: 16 }),
        (n, width) => {
          const words = hashes(n, n);
          const filter = buildFuse(words, width);
          expect(filter.bytes).toHaveLength(fuseBytes(n, width));
          expect(hits(words, fuseTest(filter))).toBe(n);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('holds hashes that differ in one half alone, and those at the edges', () => {
    const words = new Uint32Array(4096);
    for (let n = 0; n < 1024; n++) words.set([n, 0], n * 2);
    for (let n = 0; n < 1024; n++) words.set([0xffff_ffff, 0xffff_ffff - n], 2048 + n * 2);
    expect(hits(words, fuseTest(buildFuse(words, 8)))).toBe(2048);
  });

  it.each([100, 5000, 100_000])('of %i hashes is wrong about 1 in 256 others', (count) => {
    const wrong = hits(STRANGERS, fuseTest(buildFuse(hashes(count), 8))) / 40_000;
    expect(wrong).toBeGreaterThan(0.002);
    expect(wrong).toBeLessThan(0.006);
  });

  it('of a million hashes takes 9.1 bits each', () => {
    expect((fuseBytes(1e6, 8) * 8) / 1e6).toBeLessThan(9.1);
  });
});

describe('a filter of an object', () => {
  it('is wrong about fewer than 1 % of subjects and below 2 % of the plain data, or is none', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 6000 }),
        fc.integer({ min: 0, max: 200 }),
        fc.integer({ min: 1, max: 3 }),
        async (rows, note, paths) => {
          const names = ['a', 'b', 'c'].slice(0, paths);
          const text = Array.from({ length: rows }, (_, n) =>
            JSON.stringify({
              ...Object.fromEntries(names.map((name) => [name, `${name}${n}`])),
              note: 'n'.repeat(note),
            }),
          ).join('\n');
          const bytes = Buffer.from(text);
          const bench = new Bench(names);
          const made = await bench.index(bytes, 'jsonl');
          if (made.kind !== 'written') {
            expect(made).toEqual({ kind: 'none', reason: 'not-worth-it' });
            return;
          }
          expect(made).toMatchObject({ values: rows * paths, plainBytes: bytes.length });
          expect(made.filterBytes).toBeLessThan(bytes.length * 0.02);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('says so of subjects, as the criteria name them', async () => {
    const text = Array.from(
      { length: 4000 },
      (_, n) => `{"id":"u${n}","note":"${'n'.repeat(90)}"}`,
    );
    const bytes = Buffer.from(text.join('\n'));
    const bench = new Bench(['id']);
    await bench.index(bytes, 'jsonl');
    let wrong = 0;
    // Each asks with a table of its own, which is what takes long.
    for (let n = 0; n < 800; n++) {
      const answer = await bench.ask(bytes, matcherOf([{ match: { id: `v${n}` } }]), 'jsonl');
      if (answer.kind === 'read') wrong++;
    }
    expect(wrong / 800).toBeLessThan(0.01);
  });

  it('of more values than one part takes has several, as right as one', () => {
    const builder = new FilterBuilder();
    let state = 1;
    const next = () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0);
    const kept: number[] = [];
    for (let n = 0; n < 1_200_000; n++) {
      const [low, high] = [next(), next()];
      builder.add(low, high);
      builder.add(low, high);
      if (n % 40 === 0) kept.push(low, high);
    }
    const built = builder.finish(300, 1_200_000 * 120);
    if (built.kind !== 'parts') throw new Error(built.kind);
    const tests = built.parts.map(fuseTest);
    const test = (low: number, high: number) => tests.some((each) => each(low, high));
    expect(built.parts).toHaveLength(2);
    expect(hits(Uint32Array.from(kept), test)).toBe(kept.length / 2);
    expect(hits(STRANGERS, test) / 40_000).toBeLessThan(0.002);
  });

  it('of values without end is none, and keeps no more than sixteen parts', () => {
    const builder = new FilterBuilder(100);
    for (let n = 0; n < 1600; n++) builder.add(n, n);
    const whole = builder.finish(300, 1e6);
    expect(whole.kind === 'parts' ? whole.parts.length : whole).toBe(16);
    const over = new FilterBuilder(100);
    for (let n = 0; n < 5000; n++) over.add(n, n);
    expect(over.finish(300, 1e9)).toEqual({ kind: 'too-many' });
  });
});
