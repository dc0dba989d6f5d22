import { Buffer } from 'node:buffer';
import { describe, expect, test } from 'vitest';

import { erase, matcherOf } from './archive-bytes.ts';

describe('rows whose fields have their usual length, and then another', () => {
  const subjects = ['a7', 'b77', 'c"7', 'dé7', 'e', ''];
  const some = matcherOf(subjects.map((id) => ({ match: { id } })));

  /** Of one length long enough to be relied on, of any length, of one again; near the usual one too. */
  const idOf = (n: number): string => {
    if (n % 61 === 0) return subjects[n % subjects.length]!;
    if (n < 6_000 || n > 14_000) return `x${(n * 7919) % 10}`;
    if (n < 10_000) return 'y'.repeat((n * 7919) % 40);
    return n % 50 === 0 ? `a7${'7'.repeat(n % 3)}` : `z${n % 10}`;
  };

  test('keep and lose the rows that they should', async () => {
    const rows = Array.from({ length: 20_000 }, (_, n) => {
      const row = { time: '2021-01-31T20:31:26.114', id: idOf(n), note: 'é'.repeat(n % 3) };
      const text = JSON.stringify(row);
      return `${n % 500 === 0 ? text.replace('"id"', String.raw`"\u0069d"`) : text}\n`;
    });
    const gone = new Set(subjects);
    const { kept } = await erase(Buffer.from(rows.join('')), some, 'jsonl');
    expect(kept.toString()).toBe(rows.filter((_, n) => !gone.has(idOf(n))).join(''));
  });
});

describe('strings that are written like numbers', () => {
  const rows = ['"1.50"', '"1.5"', '1.50', '1.5', '"15e-1"', '15e-1', '"1,5"', '"-0"'];
  const text = rows.map((value) => `{"id":${value}}\n`).join('');

  test.each([
    ['a number criterion', 1.5, ['"1,5"', '"-0"']],
    // A string meets strings that are written as it is, and numbers of its value.
    ['a string criterion', '1.5', ['"1.50"', '"15e-1"', '"1,5"', '"-0"']],
    ['a string criterion, written oddly', '1.50', ['"1.5"', '"15e-1"', '"1,5"', '"-0"']],
  ])('meet %s', async (_, id, left) => {
    const { kept } = await erase(Buffer.from(text), matcherOf([{ match: { id } }]), 'jsonl');
    expect(kept.toString()).toBe(left.map((value) => `{"id":${value}}\n`).join(''));
  });
});
