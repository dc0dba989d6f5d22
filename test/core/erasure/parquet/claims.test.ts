import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditClaims } from './audit.ts';
import { Duck } from './duckdb.ts';
import { erase, fixtureNames, matcherOf, readFixture } from './erasing.ts';
import { everythingIn } from './traces.ts';

let duck: Duck;
beforeAll(async () => {
  duck = await Duck.open();
});
afterAll(() => {
  duck.close();
});

describe('what an object claims of its values', () => {
  it.each(fixtureNames)('is true after an erasure in %s', async (name) => {
    // The first and the last rows hold the least and the greatest values.
    const matcher = matcherOf([{ small: -100 }, { small: 49 }, { id: 'user-042' }, { big: 7 }]);
    const { kept, findings } = await erase(readFixture(name), matcher);
    expect(findings).toMatchObject({ matched: 4 });
    const before = await auditClaims(readFixture(name));
    const after = await auditClaims(kept);
    expect(before.bounds).toBeGreaterThan(0);
    expect(after.bounds).toBe(before.bounds);
    if (name.includes('index')) expect(after.indexedPages).toBeGreaterThan(100);
    if (name.includes('bloom')) expect(after.bloomValues).toBeGreaterThan(100);
  });

  it('is true in what DuckDB wrote, with filters and dictionaries', async () => {
    const original = await duck.write(
      `SELECT 'user-' || (i * 7919 % 500) AS id, i % 50 AS n, i AS place, 'common' AS s
       FROM range(5000) t(i)`,
      ', ROW_GROUP_SIZE 2048',
    );
    const { kept } = await erase(
      original,
      matcherOf([{ id: 'user-77' }, { place: 0 }, { place: 4999 }]),
    );
    expect(
      await duck.difference(original, "id <> 'user-77' AND place NOT IN (0, 4999)", kept),
    ).toBe(undefined);
    const { bloomValues, bounds } = await auditClaims(kept);
    expect(bloomValues).toBeGreaterThan(5000);
    expect(bounds).toBe(12);
    expect((await everythingIn(kept)).includes('user-77\u0006')).toBe(false);
  });
});

describe('a bloom filter', () => {
  it('no longer knows a removed value', async () => {
    const original = await duck.write(`SELECT 'user-' || (i % 500) AS id FROM range(5000) t(i)`);
    const { kept } = await erase(original, matcherOf([{ id: 'user-77' }]));
    const excludes = async (object: Buffer, id: string) =>
      duck.rows(`SELECT bloom_filter_excludes
        FROM parquet_bloom_probe(${duck.place(object)}, 'id', '${id}')`);
    expect(await excludes(original, 'user-77')).toEqual([{ bloom_filter_excludes: false }]);
    expect(await excludes(kept, 'user-77')).toEqual([{ bloom_filter_excludes: true }]);
    expect(await excludes(kept, 'user-78')).toEqual([{ bloom_filter_excludes: false }]);
  });
});

describe('a dictionary', () => {
  it('keeps a value that another row still has, and loses the others', async () => {
    const original = await duck.write(
      `SELECT i, CASE WHEN i IN (3, 90) THEN 'shared' WHEN i = 4 THEN 'solitary'
              ELSE 'v' || (i % 5) END AS word FROM range(100) t(i)`,
    );
    const { kept } = await erase(original, matcherOf([{ i: 3 }, { i: 4 }]));
    const bytes = await everythingIn(kept);
    expect(bytes.includes('solitary')).toBe(false);
    expect(bytes.includes('shared')).toBe(true);
    expect(await duck.difference(original, 'i NOT IN (3, 4)', kept)).toBeUndefined();
  });

  it('is empty when all that is left is null', async () => {
    const original = await duck.write(
      `SELECT i, CASE WHEN i % 2 = 0 THEN 'word' || (i % 3) END AS word FROM range(100) t(i)`,
    );
    const even = Array.from({ length: 50 }, (_, i) => ({ i: 2 * i }));
    const { kept } = await erase(original, matcherOf(even));
    expect(await duck.difference(original, 'i % 2 = 1', kept)).toBeUndefined();
    expect((await everythingIn(kept)).includes('word0')).toBe(false);
  });
});
