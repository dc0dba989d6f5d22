import { createHash } from 'node:crypto';

import { systemCode } from '../../../lib/local/durable-files.ts';
import { FileSource } from './file-source.ts';
import type { JournalEntry, PreparedEntry } from './run-journal.ts';

/** What an unfinished run had done before it was cut short. */
export interface RunHistory {
  /** By key: what was rewritten, in order. */
  applied: ReadonlyMap<string, readonly PreparedEntry[]>;
  seen: ReadonlySet<number>;
  /** First sequence number that is free. */
  nextSequence: number;
}

/** @param placeOf where the rewritten object of a key lies */
export async function readHistory(
  entries: readonly JournalEntry[],
  placeOf: (key: string) => string,
): Promise<RunHistory> {
  const renamed = new Set<number>();
  const seen = new Set<number>();
  let nextSequence = 0;
  for (const entry of entries) {
    if (entry.kind === 'seen') for (const path of entry.paths) seen.add(path);
    else nextSequence = Math.max(nextSequence, entry.sequence + 1);
    if (entry.kind === 'renamed') renamed.add(entry.sequence);
  }
  const applied = new Map<string, PreparedEntry[]>();
  const prepared = entries.filter((entry) => entry.kind === 'prepared');
  for (const entry of prepared) {
    if (renamed.has(entry.sequence)) remember(applied, entry);
  }
  for (const entry of prepared) {
    // It may have died between the rename and the line that says so. An attempt that was made anew
    // ends in the same content, and counts once.
    if (applied.get(entry.key)?.some(({ after }) => after === entry.after)) continue;
    if ((await hashOfFile(placeOf(entry.key))) === entry.after) remember(applied, entry);
  }
  return { applied, seen, nextSequence };
}

function remember(applied: Map<string, PreparedEntry[]>, entry: PreparedEntry): void {
  applied.set(entry.key, [...(applied.get(entry.key) ?? []), entry]);
}

/** SHA-256 of a file's stored bytes, in hex; undefined when it is not there. */
export async function hashOfFile(path: string): Promise<string | undefined> {
  let source: FileSource;
  try {
    source = new FileSource(path);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const hash = createHash('sha256');
    for await (const chunk of source.chunks()) hash.update(chunk);
    return hash.digest('hex');
  } finally {
    source.close();
  }
}
