import fc from 'fast-check';
import { expect, test } from 'vitest';

import { CutCursor, CutList, joinPlans } from '../../../lib/core/erasure/text/plan.ts';

/** Distances and lengths; the first distance of all but small ones leads beyond 32 bits. */
const steps = fc.array(
  fc.tuple(
    fc.oneof(fc.nat(300), fc.integer({ min: 0, max: 2 ** 40 })),
    fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 2 ** 40 })),
  ),
  { maxLength: 40 },
);

/** Pairs [from, to), ascending; some touch. */
function pairsOf(walked: readonly (readonly [number, number])[]): [number, number][] {
  let at = 0;
  return walked.map(([distance, length]) => {
    const from = at + distance;
    at = from + length;
    return [from, at];
  });
}

function merged(pairs: readonly (readonly [number, number])[]): [number, number][] {
  const whole: [number, number][] = [];
  for (const [from, to] of pairs) {
    const last = whole.at(-1);
    if (last?.[1] === from) last[1] = to;
    else whole.push([from, to]);
  }
  return whole;
}

function listed(cuts: Uint8Array): [number, number][] {
  const pairs: [number, number][] = [];
  const cursor = new CutCursor(cuts);
  while (!cursor.isAtEnd) {
    pairs.push([cursor.from, cursor.to]);
    cursor.next();
  }
  return pairs;
}

test('a list gives back the cuts that it was given, touching ones as one', () => {
  fc.assert(
    fc.property(steps, fc.nat(1000), (walked, offset) => {
      const pairs = pairsOf(walked);
      const list = new CutList();
      for (const pair of pairs) list.add(offset, pair);
      const expected = merged(pairs.map(([from, to]) => [from + offset, to + offset]));
      expect(listed(list.finish()!)).toEqual(expected);
    }),
  );
});

test('windows of any length give the same bytes to cut', () => {
  const small = fc.array(fc.tuple(fc.nat(40), fc.integer({ min: 1, max: 40 })), { maxLength: 20 });
  fc.assert(
    fc.property(small, fc.integer({ min: 1, max: 50 }), (walked, width) => {
      const pairs = pairsOf(walked);
      const end = (pairs.at(-1)?.[1] ?? 0) + 10;
      const list = new CutList();
      for (const pair of pairs) list.add(0, pair);
      const cursor = new CutCursor(list.finish()!);
      const cut = new Set<number>();
      for (let offset = 0; offset < end; offset += width) {
        const found = cursor.within(offset, width);
        for (let index = 0; index < found.length; index += 2) {
          for (let at = found[index]!; at < found[index + 1]!; at++) cut.add(offset + at);
        }
      }
      const expected = pairs.flatMap(([from, to]) =>
        Array.from({ length: to - from }, (_, at) => from + at),
      );
      expect([...cut]).toEqual(expected);
    }),
  );
});

test('plans of pieces are joined where they begin', () => {
  const piece = (pairs: readonly number[], length: number, head = 0) => {
    const list = new CutList();
    list.add(0, pairs);
    return { head, length, rows: 3, matched: pairs.length / 2, cuts: list.finish()! };
  };
  const joined = joinPlans(
    [piece([5, 10], 10, 3), piece([], 0), piece([0, 4, 6, 7], 8)],
    [0, 10, 10],
  );
  expect(joined).toMatchObject({ head: 3, length: 18, rows: 9, matched: 3 });
  expect(listed(joined!.cuts)).toEqual([
    [5, 14],
    [16, 17],
  ]);
});

test('more cuts than are worth remembering are forgotten', () => {
  const list = new CutList();
  for (let at = 0; at < 5_000_000; at++) list.add(at * 300, [1, 2]);
  expect(list.finish()).toBeUndefined();
});
