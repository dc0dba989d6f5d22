import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatNamed } from '../../../lib/core/erasure/formats.ts';
import type { FormatName } from '../../../lib/core/erasure/format.ts';
import { subjectCriteria } from '../../../lib/core/erasure/run/subject-criteria.ts';
import {
  normaliseIdentifier,
  type NormaliseRule,
} from '../../../lib/core/suppression/normalise.ts';
import { dataMap } from '../../../lib/data-map.ts';
import { matcherOf, objectOf, readCriteria } from './archive-bytes.ts';
import { Bench, faultOf } from './filters/filtering.ts';
import { writeRows } from './filters/written-rows.ts';
import { fixtureNames, readFixture } from './parquet/erasing.ts';

const written = (name: string, value: unknown, rule: string): unknown => ({
  match: { [name]: value },
  normalise: { [name]: rule },
});

async function countMatching(bytes: Buffer, criteria: readonly unknown[], format: FormatName) {
  const found = await formatNamed(format).find(objectOf(bytes), matcherOf(criteria));
  return found.kind === 'read' ? found.matched : found;
}

/** Whether a row's text is the subject's. */
function isMet(rule: NormaliseRule, key: string, text: string): boolean {
  return normaliseIdentifier(rule, text) === normaliseIdentifier(rule, key);
}

const KEYS = ['ann@x.org', 'A-1', '807-83-1104', 'Åsa', 'i\u0307', '1.5', 'σ', '12'];
const SOUGHT = (['trim-lowercase', 'digits'] as const).flatMap((rule) =>
  KEYS.filter((key) => normaliseIdentifier(rule, key) !== '').map((key) => [rule, key] as const),
);
const writing = fc.constantFrom(
  (value: string) => value,
  (value: string) => value.toUpperCase(),
  (value: string) => ` ${value}\u00a0`,
  (value: string) => value.normalize('NFD'),
  (value: string) => value.replaceAll('-', ' '),
  (value: string) => Array.from(value).join('.'),
);
/** Somebody else's values, and what looks like one of the keys. */
const text = fc
  .tuple(
    fc.oneof(
      fc.constantFrom(...KEYS, 'ς', 'İ', '1.50'),
      fc.string({ unit: 'binary', maxLength: 5 }),
    ),
    writing,
  )
  .map(([value, write]) => write(value).replaceAll(/[\t\r\n\0]/g, ' '));

describe('rows whose identifier is written otherwise', () => {
  it.each(['jsonl', 'csv', 'snowplow', 'firehose-failures'] as const)(
    'are met as the rule says, and no others: %s, and no filter hides them',
    async (format) => {
      let met = 0;
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.tuple(text, fc.constantFrom('', 'ANN@X.ORG')), {
            minLength: 1,
            maxLength: 8,
          }),
          fc.constantFrom(...SOUGHT),
          writing,
          async (others, [rule, sought], write) => {
            const rows = [...others, [write(sought), ''] as const];
            const bytes = Buffer.from(writeRows(format, rows));
            const criteria = [written('user_id', sought, rule)];
            // An empty column of a table is no value, and the writers add a row with the id 1 to CSV.
            const ids = [...rows.map(([id]) => id), format === 'csv' ? '1' : ''];
            const expected = ids.filter((id) => id !== '' && isMet(rule, sought, id)).length;
            const found = await formatNamed(format).find(objectOf(bytes), matcherOf(criteria));
            if (found.kind !== 'read') throw new Error('it was written wrongly');
            // A failed record is a row that holds them all.
            if (format === 'firehose-failures') expect(found.matched > 0).toBe(expected > 0);
            else expect(found.matched).toBe(expected);
            met += expected;

            const bench = new Bench(['user_id', 'se_label'], rule);
            await bench.index(bytes, format);
            const matcher = matcherOf(criteria);
            const answer = await bench.ask(bytes, matcher, format);
            expect(await faultOf(answer, bytes, matcher, format)).toBeUndefined();
          },
        ),
        { numRuns: 60 },
      );
      expect(met).toBeGreaterThan(20);
    },
  );

  it('are met in long values, beside escapes and beside numbers of JSON', async () => {
    const long = 'x'.repeat(10_000);
    const rows = [
      { id: `  ${long.toUpperCase()} ` },
      { id: 'tab\tTab' },
      { id: 12 },
      { id: -12 },
      { id: '1-2' },
      { id: 1.2 },
      { id: ['no', 'TAB\tTAB'] },
      { id: true },
    ];
    const bytes = Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    const count = (value: string, rule: string) =>
      countMatching(bytes, [written('id', value, rule)], 'jsonl');
    expect(await count(long, 'trim-lowercase')).toBe(1);
    expect(await count('tab\ttab', 'trim-lowercase')).toBe(2);
    expect(await count('12', 'digits')).toBe(3);
    expect(await count('121', 'digits')).toBe(0);
    expect(await count('12', 'exact')).toBe(1);
  });

  it.each(fixtureNames)('are met in Parquet, and by its filters: %s', async (name) => {
    const bytes = Buffer.from(readFixture(name));
    const pairs = [
      [{ match: { id: 'user-007' } }, written('id', ' USER-007', 'trim-lowercase')],
      [{ match: { id: 'user-007' } }, written('id', '007', 'digits')],
      [
        { match: { 'people.mail': 'p7.0@example.com' } },
        written('people.mail', 'P7.0@Example.COM ', 'trim-lowercase'),
      ],
    ];
    let some = false;
    for (const [exact, rule] of pairs) {
      const matched = await countMatching(bytes, [exact], 'parquet');
      some ||= matched !== 0;
      expect(await countMatching(bytes, [rule], 'parquet')).toBe(matched);
    }
    expect(some).toBe(true);
  });

  it('need a filter under the same rule: an older one has the object read', async () => {
    const bytes = Buffer.from(writeRows('jsonl', [['Ann@X.org', '']]));
    const matcher = matcherOf([written('user_id', 'ann@x.org', 'trim-lowercase')]);
    const stranger = matcherOf([written('user_id', 'bob@x.org', 'trim-lowercase')]);
    for (const rule of ['exact', 'digits'] as const) {
      const bench = new Bench(['user_id'], rule);
      await bench.index(bytes, 'jsonl');
      expect((await bench.ask(bytes, stranger, 'jsonl')).kind).toBe('read');
    }
    const bench = new Bench(['user_id'], 'trim-lowercase');
    await bench.index(bytes, 'jsonl');
    expect((await bench.ask(bytes, stranger, 'jsonl')).kind).toBe('absent');
    expect((await bench.ask(bytes, matcher, 'jsonl')).kind).toBe('read');
    // What is sought as it is finds what is there as it is.
    const exact = matcherOf([{ match: { user_id: 'Ann@X.org' } }]);
    expect((await bench.ask(bytes, exact, 'jsonl')).kind).toBe('read');
  });
});

describe('criteria with a rule', () => {
  const faultOfLines = (...lines: readonly unknown[]): string[] => {
    const outcome = readCriteria(lines.map((line) => JSON.stringify(line)).join('\n'));
    return outcome.ok ? [] : outcome.faults.map(({ line, reason }) => `${line}: ${reason}`);
  };

  it('are refused with a reason that names no value', () => {
    expect(faultOfLines(written('a', 'x', 'rot13'))).toEqual([
      '1: "normalise": path "a": expected one of exact, trim-lowercase, digits',
    ]);
    expect(faultOfLines({ match: { a: 'x' }, normalise: { b: 'digits' } })).toEqual([
      '1: "normalise": path "b" is none of "match"',
    ]);
    expect(faultOfLines({ match: { a: 'x' }, normalise: 7 })).toHaveLength(1);
    for (const value of ['none', 7, true]) {
      expect(faultOfLines(written('a', value, 'digits'))).toEqual([
        '1: path "a": expected a string of which digits leaves something',
      ]);
    }
  });

  it('do not stand beside criteria of the same path by another rule, in any order', () => {
    const exact = { match: { a: 'X' } };
    const reason = '2: a path of it is normalised otherwise in a line before';
    expect(faultOfLines(exact, written('a', 'x', 'trim-lowercase'))).toEqual([reason]);
    expect(faultOfLines(written('a', 'x', 'trim-lowercase'), exact)).toEqual([reason]);
    expect(faultOfLines(written('a', 'x', 'exact'), exact)).toEqual([]);
    expect(faultOfLines(written('a', '1', 'digits'), { match: { b: 'X' } })).toEqual([]);
  });

  it('are what a request asks for, one for each identity', () => {
    const archive = dataMap.stores['customer-archive'];
    if (archive?.kind !== 'archive') throw new Error('the default data map has no archive');
    const identities = ['807-83-1104', '807831104', 'none'].map((value) => ({
      identifier: 'ssn_no',
      value,
    }));
    expect(subjectCriteria(dataMap, archive, identities)).toEqual([
      '{"match":{"ssn_no":"807831104"},"normalise":{"ssn_no":"digits"}}',
    ]);
  });
});
