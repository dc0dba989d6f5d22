import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';

import type { AuditEntry, AuditHead } from '../../../lib/core/audit/audit-entry.ts';
import { systemCode, unlessMissing } from '../../../lib/local/durable-files.ts';
import { UsageError } from '../erase/usage-error.ts';

/** Chains by request, their ends as far as the place knows them, and what could not be read. */
export interface AuditPlace {
  readonly chains: Map<string, AuditEntry[]>;
  readonly anchors: ReadonlyMap<string, AuditHead>;
  readonly unreadable: readonly string[];
}

/** What is needed to place an entry; the rest is under its hash. */
const entrySchema = z.looseObject({
  dsrId: z.string(),
  seq: z.int(),
  previous: z.string(),
  hash: z.string(),
});

/** Reads entries from an NDJSON file, from a folder of them, or from the tables of a local target. */
export async function readAuditPlace(place: string): Promise<AuditPlace> {
  const found = await unlessMissing(stat(place));
  if (found === undefined) throw new UsageError(`${place} does not exist`);
  const tables = join(place, 'requests', 'tables');
  if (found.isDirectory() && (await unlessMissing(stat(tables))) !== undefined) {
    return readTables(tables);
  }
  const files = found.isDirectory() ? await filesBelow(place) : [place];
  const chains = new Map<string, AuditEntry[]>();
  const unreadable: string[] = [];
  for (const file of files) {
    for (const [at, line] of (await readFile(file, 'utf8')).split('\n').entries()) {
      if (line.trim() === '') continue;
      const entry = entryOf(line);
      if (entry === undefined) unreadable.push(`${file}:${at + 1}`);
      else chains.set(entry.dsrId, [...(chains.get(entry.dsrId) ?? []), entry]);
    }
  }
  return { chains, anchors: new Map(), unreadable };
}

/** Names of exported entries sort as entries follow one another. */
async function filesBelow(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  return names
    .filter((entry) => entry.isFile() && /\.(nd)?jsonl?$/.test(entry.name))
    .map(({ parentPath, name }) => join(parentPath, name))
    .sort();
}

function entryOf(line: string): AuditEntry | undefined {
  try {
    const parsed = entrySchema.safeParse(JSON.parse(line));
    return parsed.success ? (parsed.data as unknown as AuditEntry) : undefined;
  } catch {
    return undefined;
  }
}

async function readTables(directory: string): Promise<AuditPlace> {
  const [{ openTables }, { lmdbRequestStore }] = await Promise.all([
    import('../../../lib/local/tables/open-tables.ts'),
    import('../../../lib/local/tables/lmdb-request-store.ts'),
  ]);
  const tables = openTables(directory);
  try {
    const store = lmdbRequestStore(tables);
    const chains = new Map<string, AuditEntry[]>();
    const anchors = new Map<string, AuditHead>();
    let cursor: string | undefined;
    do {
      const page = await store.list({}, 100, cursor);
      for (const { dsrId, audit } of page.requests) {
        anchors.set(dsrId, audit);
        const entries: AuditEntry[] = [];
        for await (const entry of store.auditTrail(dsrId)) entries.push(entry);
        chains.set(dsrId, entries);
      }
      cursor = page.cursor;
    } while (cursor !== undefined);
    return { chains, anchors, unreadable: [] };
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined) throw error;
    throw new UsageError(`${directory} cannot be read (${code})`);
  } finally {
    await tables.close();
  }
}
