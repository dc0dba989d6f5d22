import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Duck } from './duckdb.ts';
import { countMatches, erase, matcherOf, readFixture } from './erasing.ts';

const fixture = (name: string) => readFixture(`${name}.parquet`);
const ALL = ['v1-dictionary-snappy', 'v2-delta-brotli-index-crc', 'int96-bloom-zstd'];

/** Criterion, and how many of the 150 rows of make-fixtures.py it matches. */
const CASES: [criterion: Record<string, unknown>, rows: number][] = [
  [{ id: 'user-007' }, 2],
  [{ id: 'USER-007' }, 0],
  [{ flag: true }, 43],
  [{ flag: 'true' }, 0],
  [{ small: -93 }, 1],
  [{ small: '-93' }, 1],
  [{ small: -93.5 }, 0],
  [{ small: '-93.0' }, 1],
  [{ small: 0 }, 1],
  [{ big: '70000000133' }, 1],
  [{ unsigned: 2147483655 }, 1],
  [{ unsigned: -2147483641 }, 0],
  [{ ratio: 0.875 }, 1],
  [{ ratio: '0.875' }, 1],
  [{ rate: 0.3333333333333333 }, 1],
  [{ amount: -0.13 }, 1],
  [{ amount: '-0.130' }, 1],
  [{ amount: '-13' }, 0],
  [{ wide: '1000000000000000000000.0007' }, 1],
  [{ day: '2020-01-08' }, 1],
  [{ millis: '2021-01-01T00:07:00' }, 1],
  [{ micros: '2021-01-01T00:00:00.000007Z' }, 1],
  [{ micros: '2021-01-01T01:00:00.000007+01:00' }, 1],
  [{ at: '07:07:07' }, 2],
  [{ at: '07:07:07.000000' }, 2],
  [{ 'user.name': 'Name 7' }, 3],
  [{ 'user.address.city': 'City 7' }, 13],
  [{ user: 'Name 7' }, 0],
  [{ tags: 'tag-7-0' }, 1],
  [{ 'people.mail': 'p7.0@example.com' }, 1],
  [{ 'people.age': 1 }, 50],
  [{ matrix: 8 }, 1],
  [{ 'attributes.key1': 'value-8-1' }, 1],
  [{ 'attributes.key0': 'value-8-1' }, 0],
  [{ 'attributes.value': 'value-8-1' }, 0],
  [{ id: 'user-007', small: 7 }, 1],
  [{ id: 'user-007', small: 8 }, 0],
  [{ id: 'user-007', 'user.name': 'Name 7', tags: 'tag-7-0' }, 1],
  [{ 'people.mail': 'p8.0@example.com', 'people.age': 1 }, 1],
];

describe.each(ALL)('criteria on columns of %s', (name) => {
  it.each(CASES)('%j matches %i rows', async (criterion, rows) => {
    expect(await countMatches(fixture(name), matcherOf([criterion]))).toBe(rows);
  });
});

describe('paths', () => {
  it('lead through lists in their older, two-level form', async () => {
    const old = fixture('two-level-lists-snappy');
    expect(await countMatches(old, matcherOf([{ tags: 'tag-7-0' }]))).toBe(1);
    expect(await countMatches(old, matcherOf([{ 'people.mail': 'p7.0@example.com' }]))).toBe(1);
  });

  it('meet names in any case when asked to', async () => {
    const object = fixture('v1-dictionary-snappy');
    const criterion = { 'USER.Name': 'Name 7' };
    expect(await countMatches(object, matcherOf([criterion]))).toBe(0);
    expect(await countMatches(object, matcherOf([criterion], { ignoreCase: true }))).toBe(3);
  });

  it('are told when the object has them, were they groups', async () => {
    const matcher = matcherOf([{ user: 'x' }, { 'user.nmae': 'x' }, { 'attributes.key1': 'x' }]);
    const { findings } = await erase(fixture('v1-dictionary-snappy'), matcher);
    expect(findings).toMatchObject({ matched: 0, seen: Uint8Array.of(1, 0, 1) });
  });
});

describe('types as DuckDB writes them', () => {
  let duck: Duck;
  beforeAll(async () => {
    duck = await Duck.open();
  });
  afterAll(() => {
    duck.close();
  });

  it.each([
    ["'f81d4fae-7dec-11d0-a765-00a0c91e6bf6'::UUID", 'f81d4fae-7dec-11d0-a765-00a0c91e6bf6'],
    ["'f81d4fae-7dec-11d0-a765-00a0c91e6bf6'::UUID", 'F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6'],
    ["'rare'::ENUM('common', 'rare')", 'rare'],
    [`'{"a":1}'::JSON`, '{"a":1}'],
    ["'anna'::BLOB", 'anna'],
    ["''", ''],
    ['1.5::DECIMAL(4,2)', '1.5'],
    ['12345678901234567.25::DECIMAL(19,2)', '12345678901234567.250'],
    ['-0.00000000000000000001::DECIMAL(38,20)', '-1e-20'],
    ['9007199254740993::BIGINT', '9007199254740993'],
    ['18446744073709551615::UBIGINT', '18446744073709551615'],
    ['0.1::FLOAT', 0.1],
    ['0.1::DOUBLE', '0.1'],
    ['200::UTINYINT', 200],
    ['(-128)::TINYINT', -128],
    ["DATE '0044-03-15'", '0044-03-15'],
    ["TIMESTAMP_NS '2024-02-29 12:00:00.123456789'", '2024-02-29T12:00:00.123456789Z'],
    ["TIMESTAMP_MS '1969-12-31 23:59:59.999'", '1969-12-31T23:59:59.999Z'],
    ["TIME '01:02:03.5'", '01:02:03.500'],
    ['false', false],
  ])('%s is met by %j', async (expression, criterion) => {
    const object = await duck.write(
      `SELECT i, CASE WHEN i = 5 THEN ${expression} END AS v FROM range(20) t(i)`,
    );
    expect(await countMatches(object, matcherOf([{ v: criterion }]))).toBe(1);
    const { kept } = await erase(object, matcherOf([{ v: criterion }]));
    expect(await duck.difference(object, 'i <> 5', kept)).toBeUndefined();
  });

  it('text that is no UTF-8 is not met by the sign that stands for it', async () => {
    const object = await duck.write(String.raw`SELECT '\xFF'::BLOB AS v`);
    expect(await countMatches(object, matcherOf([{ v: '�' }]))).toBe(0);
  });
});
