import type { Buffer } from 'node:buffer';
import { parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Duck } from './duckdb.ts';
import { erase, fixtureNames, matcherOf, readFixture } from './erasing.ts';
import { everythingIn } from './traces.ts';

const USERS = matcherOf([{ id: 'user-007' }, { id: 'user-042' }]);
const ERASED = "id IN ('user-007', 'user-042')";
/** DuckDB reads BYTE_STREAM_SPLIT of floating-point columns alone. */
const UNREAD_BY_DUCKDB = new Set(['v2-split-fixed-gzip.parquet']);

let duck: Duck;
beforeAll(async () => {
  duck = await Duck.open();
});
afterAll(() => {
  duck.close();
});

async function read(object: Buffer): Promise<Record<string, unknown>[]> {
  const file = object.buffer.slice(object.byteOffset, object.byteOffset + object.length);
  return (await parquetReadObjects({ file: file as ArrayBuffer, compressors })) as Record<
    string,
    unknown
  >[];
}

describe.each(fixtureNames)('%s', (name) => {
  const original = readFixture(name);

  it('loses the matching rows and nothing else, as hyparquet reads it', async () => {
    const { findings, kept, matched } = await erase(original, USERS);
    expect(findings).toMatchObject({ kind: 'read', rows: 150, matched: 4, unparsable: 0 });
    const rows = await read(original);
    const isErased = (row: Record<string, unknown>) =>
      row['id'] === 'user-007' || row['id'] === 'user-042';
    expect(await read(kept)).toEqual(rows.filter((row) => !isErased(row)));
    expect(await read(matched)).toEqual(rows.filter(isErased));
  });

  it('keeps schema, metadata, writer and codecs', async () => {
    const { kept } = await erase(original, USERS);
    expect(await duck.outline(kept)).toEqual(await duck.outline(original));
  });

  it('keeps no trace of a removed value', async () => {
    const { kept } = await erase(original, USERS);
    const [before, after] = [await everythingIn(original), await everythingIn(kept)];
    const removed = ['user-007', 'user-042', 'trace-00007', 'trace-00107', 'p7.0@', 'tag-42-1'];
    const there = removed.filter((value) => before.includes(value));
    expect(there.length).toBeGreaterThan(0);
    expect(there.filter((value) => after.includes(value))).toEqual([]);
  });

  it('copies the row group without a match as bytes', async () => {
    const { kept } = await erase(original, USERS);
    const sql = (file: string) =>
      `SELECT min(least(coalesce(nullif(dictionary_page_offset, 0), data_page_offset), data_page_offset)) AS start,
              max(row_group_num_rows) AS rows, sum(total_compressed_size) AS size
       FROM parquet_metadata(${file}) WHERE row_group_id = 1`;
    const [before] = await duck.rows(sql(duck.place(original)));
    const [after] = await duck.rows(sql(duck.place(kept)));
    expect(after!['rows']).toBe('50');
    const cut = (bytes: Buffer, place: Record<string, unknown>) =>
      bytes.subarray(Number(place['start']), Number(place['start']) + Number(place['size']));
    expect(cut(kept, after!).equals(cut(original, before!))).toBe(true);
  });

  it('is left byte-identical when nothing matches, and the second time', async () => {
    const none = await erase(original, matcherOf([{ id: 'nobody' }]));
    expect(none.kept.equals(original)).toBe(true);
    expect(none.matched.length).toBe(0);
    const { kept: once } = await erase(original, USERS);
    const { kept: twice, findings } = await erase(once, USERS);
    expect(findings).toMatchObject({ matched: 0, rows: 146 });
    expect(twice.equals(once)).toBe(true);
  });

  it('becomes an object without rows when all match', async () => {
    const everyone = Array.from({ length: 100 }, (_, i) => ({
      id: `user-${String(i).padStart(3, '0')}`,
    }));
    const { kept, findings } = await erase(original, matcherOf(everyone));
    expect(findings).toMatchObject({ matched: 150 });
    const file = duck.place(kept);
    expect(await duck.rows(`SELECT * FROM parquet_schema(${file})`)).not.toEqual([]);
    expect(await read(kept)).toEqual([]);
  });
});

describe.each(fixtureNames.filter((name) => !UNREAD_BY_DUCKDB.has(name)))('%s', (name) => {
  const original = readFixture(name);

  it('loses the matching rows and nothing else, as DuckDB reads it', async () => {
    const { kept, matched } = await erase(original, USERS);
    expect(await duck.difference(original, `NOT ${ERASED}`, kept)).toBeUndefined();
    expect(await duck.difference(original, ERASED, matched)).toBeUndefined();
  });
});
