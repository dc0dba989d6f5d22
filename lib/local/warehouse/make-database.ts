import { PGlite, types } from '@electric-sql/pglite';
import { readFileSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { unlessMissing } from '../durable-files.ts';

/** Whole numbers as numbers: counts and times in milliseconds stay far below 2^53. */
const parsers = { [types.INT8]: Number, [types.NUMERIC]: Number };

/** Opens the embedded PostgreSQL that is there. */
export function openDatabase(dataDir: string): Promise<PGlite> {
  return PGlite.create({ dataDir, parsers });
}

/**
 * Makes an empty one, in memory without a folder. What PostgreSQL's `initdb` makes is always the same
 * and takes it seconds, so the first one of a checkout is kept below its `.cache` and copied from then on.
 */
export async function makeDatabase(dataDir?: string): Promise<PGlite> {
  const where = dataDir === undefined ? {} : { dataDir };
  const dump = dumpFile();
  const kept = dump === undefined ? undefined : await unlessMissing(readFile(dump));
  if (kept !== undefined) {
    return PGlite.create({ ...where, parsers, loadDataDir: new Blob([new Uint8Array(kept)]) });
  }
  const database = await PGlite.create({ ...where, parsers });
  if (dump !== undefined) await keep(database, dump);
  return database;
}

async function keep(database: PGlite, dump: string): Promise<void> {
  const content = await database.dumpDataDir('none');
  await mkdir(dirname(dump), { recursive: true });
  // Whole or not there at all; whoever else is at it has made the same.
  const own = `${dump}.${process.pid}`;
  await writeFile(own, Buffer.from(await content.arrayBuffer()));
  await rename(own, dump);
}

/** In the checkout that this module belongs to, by the version of PGlite; undefined outside of one. */
function dumpFile(): string | undefined {
  for (let folder = import.meta.dirname; folder !== dirname(folder); folder = dirname(folder)) {
    try {
      readFileSync(join(folder, 'package-lock.json'));
      const { version } = JSON.parse(
        readFileSync(join(folder, 'node_modules/@electric-sql/pglite/package.json'), 'utf8'),
      ) as { version: string };
      return join(folder, '.cache', `empty-database-${version}.tar`);
    } catch {
      // Not here: further up.
    }
  }
  return undefined;
}
