import { access, link, open, readdir, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { ObjectAttributes } from '../../core/ports/object-store.ts';
import { PRIVATE_FILE, syncFolder, systemCode, unlessMissing } from '../durable-files.ts';

/** One version, as its file `<sequence>.json` in the key's folder says it. */
export interface VersionRecord {
  key: string;
  versionId: string;
  etag: string;
  size: number;
  lastModified: number;
  isDeleteMarker: boolean;
  /** Retention, ms since the epoch. */
  lockedUntil?: number;
  attributes: ObjectAttributes;
}

export interface NumberedRecord {
  sequence: number;
  record: VersionRecord;
}

/** The numbers in use in a key's folder. */
interface Sequences {
  /** Versions in force, newest first. */
  live: readonly number[];
  /** Taken away, but their files may still be there. */
  gone: readonly number[];
  /** Never used again, so that a writer who read an old number cannot slip beneath a newer version. */
  highest: number;
}

const DIGITS = 10;
const RECORD_NAME = new RegExp(`^(\\d{${DIGITS}})\\.(json|gone)$`);
const nameOf = (sequence: number, kind: 'json' | 'gone') =>
  `${String(sequence).padStart(DIGITS, '0')}.${kind}`;

export const dataPath = (folder: string, versionId: string) => join(folder, `${versionId}.data`);

async function readSequences(folder: string): Promise<Sequences> {
  const present = new Set<number>();
  const gone = new Set<number>();
  for (const name of (await unlessMissing(readdir(folder))) ?? []) {
    const match = RECORD_NAME.exec(name);
    if (match !== null) (match[2] === 'gone' ? gone : present).add(Number(match[1]));
  }
  const live = [...present].filter((sequence) => !gone.has(sequence)).sort((a, b) => b - a);
  return { live, gone: [...gone], highest: Math.max(0, ...gone, ...present) };
}

async function readRecord(folder: string, sequence: number): Promise<VersionRecord | undefined> {
  const text = await unlessMissing(readFile(join(folder, nameOf(sequence, 'json')), 'utf8'));
  // Written whole and synced before it got this name: nobody sees half of one.
  return text === undefined ? undefined : (JSON.parse(text) as VersionRecord);
}

/** Versions in force, newest first. */
export async function* readRecords(folder: string): AsyncGenerator<NumberedRecord> {
  for (const sequence of (await readSequences(folder)).live) {
    const record = await readRecord(folder, sequence);
    if (record !== undefined) yield { sequence, record };
  }
}

/** The newest version (which may be a delete marker), and the highest number used. */
export async function readNewest(
  folder: string,
): Promise<{ highest: number; newest: VersionRecord | undefined }> {
  for (;;) {
    const { live, highest } = await readSequences(folder);
    const sequence = live[0];
    if (sequence === undefined) return { highest, newest: undefined };
    const newest = await readRecord(folder, sequence);
    if (newest !== undefined) return { highest, newest };
    // Taken away between the two reads: look again.
  }
}

/**
 * Makes a staged record the version of that number, durably; the data must be in the folder already.
 * Answers false when another writer, in this or any process, took the number first: `link` fails
 * when the name exists, and is the compare-and-swap that needs no lock to be broken after a crash.
 */
export async function commitRecord(
  folder: string,
  stagedRecord: string,
  sequence: number,
): Promise<boolean> {
  // A listing may miss a version that is being taken away while it runs; its mark came first.
  const gone = access(join(folder, nameOf(sequence, 'gone'))).then(() => true);
  if ((await unlessMissing(gone)) === true) return false;
  try {
    await link(stagedRecord, join(folder, nameOf(sequence, 'json')));
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  }
  await syncFolder(folder);
  return true;
}

/** Takes a version away for good. Once its mark is on the disk, a crash only delays the rest. */
export async function removeVersion(
  folder: string,
  { sequence, record }: NumberedRecord,
): Promise<void> {
  const handle = await open(join(folder, nameOf(sequence, 'gone')), 'a', PRIVATE_FILE);
  await handle.close();
  await syncFolder(folder);
  await unlessMissing(unlink(dataPath(folder, record.versionId)));
  await unlessMissing(unlink(join(folder, nameOf(sequence, 'json'))));
  await syncFolder(folder);
}

/** Finishes removals that a crash cut short, and drops marks that a newer version makes needless. */
export async function finishRemovals(folder: string): Promise<void> {
  const { gone, live } = await readSequences(folder);
  for (const sequence of gone) {
    const record = await readRecord(folder, sequence);
    if (record !== undefined) await removeVersion(folder, { sequence, record });
    if (sequence < (live[0] ?? 0))
      await unlessMissing(unlink(join(folder, nameOf(sequence, 'gone'))));
  }
}
