import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { erase, matcherOf } from './archive-bytes.ts';

/** Numbers that repeat from one run to the next, below 2^31. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state;
  };
}

async function keptOf(rows: readonly string[], criteria: readonly unknown[]): Promise<string> {
  const bytes = Buffer.from(rows.map((row) => `${row}\n`).join(''));
  const { kept } = await erase(bytes, matcherOf(criteria), 'jsonl');
  return kept.toString('utf8');
}

const joined = (rows: readonly string[]): string => rows.map((row) => `${row}\n`).join('');

describe('values that are looked up together are found as if each were looked up alone', () => {
  test.each([0, 1, 63, 511, 512, 513, 600, 5000])(
    'one that matches behind %i others in a row',
    async (others) => {
      const list = (...last: string[]) =>
        JSON.stringify({
          id: [...Array.from({ length: others }, (_, n) => `other-${n}`), ...last],
        });
      const rows = [list(), list('gone-and-away'), list('kept'), list('gone-and-away')];
      const kept = await keptOf(rows, [{ match: { id: 'gone-and-away' } }]);
      expect(kept).toBe(joined([rows[0]!, rows[2]!]));
    },
  );

  test('paths that are met together, with many values between them', async () => {
    const row = (first: string, between: number, second: string) =>
      JSON.stringify({
        ...{ a: first, id: Array.from({ length: between }, (_, n) => `v${n}`), b: second },
      });
    const rows = [0, 3, 510, 511, 512, 513, 900].flatMap((between) => [
      row('x', between, 'y'),
      row('x', between, 'z'),
      row('y', between, 'x'),
    ]);
    const criteria = [{ match: { a: 'x', b: 'y' } }, { match: { id: 'nobody' } }];
    const goes = (text: string) => text.includes('"a":"x"') && text.includes('"b":"y"');
    expect(await keptOf(rows, criteria)).toBe(joined(rows.filter((text) => !goes(text))));
  });

  test('a row that breaks off takes nothing into the next one', async () => {
    const rows = Array.from({ length: 3000 }, (_, n) =>
      n % 3 === 0 ? '{"id":"gone","x":' : `{"id":"${n % 3 === 1 ? 'kept' : 'gone'}","x":1}`,
    );
    // A row that can't be read is kept, and told of.
    const kept = rows.filter((_, n) => n % 3 !== 2);
    expect(await keptOf(rows, [{ match: { id: 'gone' } }])).toBe(joined(kept));
  });

  test('100,000 values of every length, against a set', async () => {
    const next = numbers(7);
    const text = () =>
      String(next())
        .repeat(1 + (next() % 3))
        .slice(0, next() % 24);
    const wanted = new Set(Array.from({ length: 100_000 }, () => `v${text()}`));
    const known = [...wanted];
    const ids = Array.from({ length: 60_000 }, () =>
      next() % 2 === 0 ? known[next() % known.length]! : `v${text()}`,
    );
    const rows = ids.map((id) => JSON.stringify({ id }));
    const kept = await keptOf(
      rows,
      known.map((id) => ({ match: { id } })),
    );
    expect(kept).toBe(joined(rows.filter((_, n) => !wanted.has(ids[n]!))));
  });

  test('values that share their first eight bytes, or are one another’s beginning', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.stringMatching(/^same-beg(a|b|ab|inning){0,3}$/), { minLength: 1 }),
        fc.array(fc.stringMatching(/^same-beg(a|b|ab|inning){0,3}$|^same-be$/), { minLength: 1 }),
        async (wanted, ids) => {
          const rows = ids.map((id) => JSON.stringify({ id }));
          const kept = await keptOf(
            rows,
            wanted.map((id) => ({ match: { id } })),
          );
          expect(kept).toBe(joined(rows.filter((_, n) => !wanted.includes(ids[n]!))));
        },
      ),
    );
  });
});
