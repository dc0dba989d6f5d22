import { describe, expect, it } from 'vitest';
import { fixtureNames, matcherOf, readFixture } from '../parquet/erasing.ts';
import { Bench, faultOf } from './filtering.ts';

/** Criteria that rows of make-fixtures.py meet, in all types, and some that none meets. */
const CRITERIA: Record<string, unknown>[] = [
  { id: 'user-007' },
  { flag: true },
  { small: -93 },
  { small: '-93.0' },
  { big: '70000000133' },
  { unsigned: 2147483655 },
  { ratio: 0.875 },
  { ratio: '0.875' },
  { rate: 0.3333333333333333 },
  { amount: -0.13 },
  { amount: '-0.130' },
  { wide: '1000000000000000000000.0007' },
  { day: '2020-01-08' },
  { millis: '2021-01-01T00:07:00' },
  { micros: '2021-01-01T01:00:00.000007+01:00' },
  { at: '07:07:07.000000' },
  { 'user.address.city': 'City 7' },
  { tags: 'tag-7-0' },
  { 'people.mail': 'p7.0@example.com' },
  { 'people.age': 1 },
  { matrix: 8 },
  { 'attributes.key1': 'value-8-1' },
  { id: 'user-007', small: 7 },
  { id: 'user-007', 'user.name': 'Name 7', tags: 'tag-7-0' },
  { id: 'nobody' },
  { small: 12345 },
  { amount: '99999.99' },
  { day: '1999-01-01' },
  { micros: '1999-01-01T00:00:00Z' },
  { rate: 0.123456 },
  { 'attributes.key9': 'value-8-1' },
  { id: 'user-007', small: 99999 },
];
const PATHS = [...new Set(CRITERIA.flatMap((one) => Object.keys(one)))];

describe.each(fixtureNames)('a filter of %s', (name) => {
  it('skips the object for no criterion that a row of it meets', async () => {
    const bytes = readFixture(name);
    const bench = new Bench(PATHS);
    const indexed = await bench.index(bytes, 'auto');
    for (const criterion of CRITERIA) {
      const matcher = matcherOf([criterion]);
      const answer = await bench.ask(bytes, matcher, 'parquet');
      expect(await faultOf(answer, bytes, matcher, 'parquet')).toBeUndefined();
      if (indexed.kind === 'none') expect(answer.kind).toBe('read');
    }
  });
});

describe('a filter of a Parquet object', () => {
  it('skips it for most criteria that no row meets, in every type', async () => {
    const large = fixtureNames.find((name) => name.startsWith('v1-dictionary-snappy'))!;
    const bytes = readFixture(large);
    const absent: string[] = [];
    // A filter of one path each, so that it stays small beside an object of 150 rows.
    for (const criterion of [{ id: 'nobody' }, { small: 12345 }, { day: '1999-01-01' }]) {
      const bench = new Bench(Object.keys(criterion));
      await bench.index(bytes, 'auto');
      const answer = await bench.ask(bytes, matcherOf([criterion]), 'auto');
      if (answer.kind === 'absent') absent.push(Object.keys(criterion)[0]!);
    }
    expect(absent).toEqual(['id', 'small', 'day']);
  });
});
