import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parquetFormat } from '../../../../lib/core/erasure/parquet/parquet-format.ts';
import { Duck } from './duckdb.ts';
import { countMatches, erase, matcherOf, MemoryObject, readFixture } from './erasing.ts';

let duck: Duck;
beforeAll(async () => {
  duck = await Duck.open();
});
afterAll(() => {
  duck.close();
});

describe('find', () => {
  it('reads the columns that criteria name, and no others', async () => {
    const object = await duck.write(
      `SELECT i AS id, md5(i::VARCHAR) || md5((-i)::VARCHAR) AS a, md5((i + 1)::VARCHAR) AS b
       FROM range(20000) t(i)`,
    );
    const source = new MemoryObject(object);
    const findings = await parquetFormat.find(source, matcherOf([{ id: 77 }]));
    expect(findings).toMatchObject({ matched: 1, rows: 20_000 });
    // The footer is looked for in the last 256 KiB.
    expect(source.bytesRead).toBeLessThan(object.length / 10 + (256 << 10));
  });

  it('gives a plan by which forget does the same as without', async () => {
    const object = readFixture('v2-dictionary-zstd-index.parquet');
    const matcher = matcherOf([{ id: 'user-007' }, { 'attributes.key1': 'value-8-1' }]);
    const found = await parquetFormat.find(new MemoryObject(object), matcher);
    if (found.kind === 'corrupt') throw new Error(found.reason);
    const parts: Uint8Array[] = [];
    const forgotten = await parquetFormat.forget(new MemoryObject(object), matcher, found.plan, {
      kept: { write: (bytes) => void parts.push(Uint8Array.from(bytes)) },
    });
    expect(forgotten).toEqual(found);
    expect(Buffer.concat(parts).equals((await erase(object, matcher)).kept)).toBe(true);
  });
});

describe('an object', () => {
  it('without rows has no match and stays as it is', async () => {
    const object = await duck.write('SELECT 1 AS id WHERE false');
    const { findings, kept } = await erase(object, matcherOf([{ id: 1 }]));
    expect(findings).toMatchObject({ kind: 'read', rows: 0, matched: 0, seen: Uint8Array.of(1) });
    expect(kept.equals(object)).toBe(true);
  });

  it('with columns of types that have no comparable form loses its rows all the same', async () => {
    const object = await duck.write(
      `SELECT i AS id, to_days(i::INTEGER) AS span, i::VARIANT AS any FROM range(100) t(i)`,
    );
    const { findings, kept } = await erase(object, matcherOf([{ id: 7 }]));
    expect(findings).toMatchObject({ matched: 1 });
    expect(await duck.difference(object, 'id <> 7', kept)).toBeUndefined();
  });

  it('is refused when a criterion leads to such a column', async () => {
    const object = await duck.write(`SELECT to_days(1) AS span, 1::VARIANT AS any`);
    expect(await countMatches(object, matcherOf([{ span: 'P1D' }]))).toMatch(/no comparable form/);
    expect(await countMatches(object, matcherOf([{ 'any.id': 1 }]))).toMatch(/VARIANT/);
  });

  it('loses rows by any of many ids', async () => {
    const object = await duck.write(
      `SELECT 1000 + i AS id, 'c' || i AS name FROM range(50000) t(i)`,
    );
    const ids = Array.from({ length: 5000 }, (_, i) =>
      i % 2 === 0 ? { id: 1000 + 7 * i } : { name: `c${7 * i}` },
    );
    const { kept, findings } = await erase(object, matcherOf(ids));
    expect(findings).toMatchObject({ matched: 5000 });
    expect(await duck.difference(object, 'id % 7 <> 6 OR id >= 36000', kept)).toBeUndefined();
  });
});
