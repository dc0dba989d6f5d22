import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { Duck } from '../parquet/duckdb.ts';

interface Measured {
  bytes: number;
  written: number;
  state: string;
  matched: number;
  /** Of the process, in bytes. */
  peak: number;
}

/** The collector's mood is within it; the large objects are three times as large, or more. */
const ALLOWED = 64 << 20;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lethe-memory-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function measure(kind: string, of: string | number): Promise<Measured> {
  const child = new URL('memory.child.ts', import.meta.url).pathname;
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--max-old-space-size=96',
    ...['--import', 'tsx', child, kind, String(of)],
  ]);
  return JSON.parse(stdout) as Measured;
}

async function parquetOf(duck: Duck, rows: number): Promise<string> {
  const query = `SELECT CASE WHEN i % 1000 = 0 THEN 'alice' ELSE 'carol' || i END AS id,
    md5(i::VARCHAR) AS note FROM range(${rows}) AS rows(i)`;
  const path = join(folder, `${rows}.parquet`);
  await writeFile(path, await duck.write(query, ', ROW_GROUP_SIZE 20480'));
  return path;
}

describe('the memory of a run', () => {
  it('does not grow with the object, its rewriting or its undo patch', async () => {
    const small = await measure('plain', 20);
    const large = await measure('plain', 1_000);
    expect(large).toMatchObject({ state: 'done', matched: 100_000 });
    expect(large.bytes).toBeGreaterThan(220 << 20);
    expect(large.written).toBeGreaterThan(large.bytes * 0.99);
    expect(large.peak - small.peak).toBeLessThan(ALLOWED);
  });

  it('does not grow with a gzip object', async () => {
    const small = await measure('gzip', 20);
    const large = await measure('gzip', 1_000);
    expect(large).toMatchObject({ state: 'done', matched: 100_000 });
    expect(large.bytes).toBeGreaterThan(220 << 20);
    expect(large.peak - small.peak).toBeLessThan(ALLOWED);
  });

  it('does not grow with the row groups of a Parquet object', async () => {
    const duck = await Duck.open();
    const [few, many] = [await parquetOf(duck, 500_000), await parquetOf(duck, 3_000_000)];
    duck.close();
    const small = await measure('parquet', few);
    const large = await measure('parquet', many);
    expect(large).toMatchObject({ state: 'done', matched: 3_000 });
    expect(large.bytes).toBeGreaterThan(100 << 20);
    // The sealed original, and what took its place.
    expect(large.written).toBeGreaterThan(large.bytes * 1.9);
    expect(large.peak - small.peak).toBeLessThan(ALLOWED);
  });
});
