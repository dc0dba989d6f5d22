import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeDatabase } from '../../../lib/local/warehouse/make-database.ts';
import { root } from '../../house/import-graph.ts';
import { scratchFolder } from '../scratch-folder.ts';

/** Whether a database works, and is then closed. */
async function works(making: ReturnType<typeof makeDatabase>): Promise<boolean> {
  const database = await making;
  await database.exec('CREATE TABLE things (id INT); INSERT INTO things VALUES (7)');
  const { rows } = await database.query('SELECT id FROM things');
  await database.close();
  return JSON.stringify(rows) === '[{"id":7}]';
}

/** The copy that this checkout keeps. */
async function keptCopy(): Promise<Buffer> {
  const cache = join(root, '.cache');
  const name = (await readdir(cache)).find((each) => /^empty-database-[\d.]+\.tar$/.test(each));
  return readFile(join(cache, name!));
}

describe('an empty database', () => {
  it('is kept, and copied without what was written into others, whatever became of the copy', async () => {
    expect(await works(makeDatabase())).toBe(true);
    const copy = await keptCopy();
    const folder = await scratchFolder();
    const dump = join(folder, 'cache', 'empty.tar');
    // Cut off, as no rename leaves it.
    await mkdir(dirname(dump));
    await writeFile(dump, copy.subarray(0, Math.floor(copy.length / 3)));
    expect(await works(makeDatabase(join(folder, 'first'), dump))).toBe(true);
    expect((await stat(dump)).size).toBeGreaterThan(1e6);
    expect(await works(makeDatabase(join(folder, 'second'), dump))).toBe(true);
    expect(await works(makeDatabase(undefined, dump))).toBe(true);
    expect(await readdir(dirname(dump))).toEqual(['empty.tar']);
  });

  it('is as good where no copy can be kept', async () => {
    const folder = await scratchFolder();
    await writeFile(join(folder, 'file'), '');
    expect(await works(makeDatabase(undefined, join(folder, 'file', 'empty.tar')))).toBe(true);
  });
});
