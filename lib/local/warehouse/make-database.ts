import { PGlite, types } from '@electric-sql/pglite';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
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
 * and takes it seconds, so the first one is kept and copied from then on.
 * @param dump where it is kept @default in the checkout's `.cache`; nowhere outside of a checkout
 */
export async function makeDatabase(dataDir?: string, dump = dumpFile()): Promise<PGlite> {
  const where = dataDir === undefined ? {} : { dataDir };
  const copied = dump === undefined ? undefined : await copyOf(dump, where);
  if (copied !== undefined) return copied;
  const database = await PGlite.create({ ...where, parsers });
  if (dump !== undefined) await keep(database, dump);
  return database;
}

/** Undefined where there is no copy, or none that PostgreSQL can start from: then it is taken away. */
async function copyOf(dump: string, where: { dataDir?: string }): Promise<PGlite | undefined> {
  const kept = await unlessMissing(readFile(dump)).catch(() => undefined);
  if (kept === undefined) return undefined;
  try {
    const loadDataDir = new Blob([new Uint8Array(kept)]);
    return await PGlite.create({ ...where, parsers, loadDataDir });
  } catch {
    await rm(dump, { force: true });
    if (where.dataDir !== undefined) await rm(where.dataDir, { recursive: true, force: true });
    return undefined;
  }
}

/** A copy saves seconds and nothing else: where it cannot be kept, the database is as good. */
async function keep(database: PGlite, dump: string): Promise<void> {
  // Whole or not there at all; whoever else is at it has made the same.
  const own = `${dump}.${randomUUID()}`;
  try {
    const content = await database.dumpDataDir('none');
    await mkdir(dirname(dump), { recursive: true });
    await writeFile(own, Buffer.from(await content.arrayBuffer()));
    await rename(own, dump);
  } catch {
    await rm(own, { force: true }).catch(() => undefined);
  }
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
