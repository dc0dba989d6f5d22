import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, open, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import type { ObjectFindings } from '../../../lib/core/erasure/run/object-work.ts';
import type { TextPlan } from '../../../lib/core/erasure/text/plan.ts';
import { makeFolder, syncFolder } from '../../../lib/local/durable-files.ts';
import { UNFINISHED, type ArchiveFile } from './archive-files.ts';
import { sameState, stateOf, type FileState } from './file-source.ts';
import { patchContext, type Journal, type JournalEntry, type RunStore } from './run-journal.ts';
import type { Task, TaskResult } from './worker-protocol.ts';
import { FileFailed, type WorkerPool } from './worker-pool.ts';
import { WrittenSoFar } from './written-so-far.ts';

/** How often a file that others keep writing is begun anew. */
const ATTEMPTS = 3;

export interface RewriteContext {
  pool: WorkerPool;
  store: RunStore;
  journal: Journal;
  run: string;
  /** Absent when nothing is kept for an undo. */
  undoKey?: Uint8Array;
  /** Root of the kept rows; absent: in place. */
  keptRoot?: string;
  /** Root of the removed rows. */
  matchedRoot?: string;
  /** Bytes that each worker has to rewrite: who has a larger file is helped by one that has less. */
  share: number;
  nextSequence(): number;
}

type ReadFindings = Extract<ObjectFindings, { kind: 'read' }>;
type Prepared = Extract<TaskResult, { kind: 'prepared' }>;
type Hashed = Extract<TaskResult, { kind: 'hashed' }>;
type PrepareTask = Extract<Task, { kind: 'prepare' }>;

/** The searched file and what it held then. */
export interface Searched {
  file: ArchiveFile;
  findings: ReadFindings;
  state: FileState;
  /** What searches of its pieces found, where it was searched so. */
  plan?: TextPlan | undefined;
}

/**
 * Takes the matching rows out of one file. Whatever line this dies at, the file is wholly old or
 * wholly new, and a second run ends as this one would have. Answers what was there when it was
 * rewritten, which another writer may have changed since the search. Throws {@link FileFailed}.
 */
export async function rewriteFile(
  context: RewriteContext,
  searched: Searched,
): Promise<ObjectFindings> {
  const { file } = searched;
  const target = join(context.keptRoot ?? dirname(file.path), context.keptRoot ? file.key : '');
  const place = context.keptRoot === undefined ? file.path : target;
  await makeFolder(dirname(place));
  if (context.keptRoot !== undefined && searched.findings.matched === 0) {
    await copyWhole(file.path, place, context.run);
    return searched.findings;
  }
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const findings = await attemptRewrite(context, searched, place);
    if (findings) return findings;
  }
  throw new FileFailed('others keep writing it; run again when they are quiet', undefined);
}

async function attemptRewrite(
  context: RewriteContext,
  { file, findings, state, plan }: Searched,
  place: string,
): Promise<ObjectFindings | undefined> {
  const sequence = context.nextSequence();
  const kept = unfinished(place, context.run);
  const matchedPlace = context.matchedRoot && join(context.matchedRoot, file.key);
  const matched = matchedPlace && unfinished(matchedPlace, context.run);
  const patch = context.undoKey && {
    path: context.store.patchPath(context.run, sequence),
    key: context.undoKey,
    nonce: randomBytes(8),
    context: patchContext(context.run, { sequence, key: file.key }),
  };
  const { format } = findings;
  const task: PrepareTask = {
    kind: 'prepare',
    path: file.path,
    format,
    state,
    kept,
    ...(matched && { matched }),
    ...(patch && { patch }),
    ...(plan && { plan }),
  };
  const result = await prepare(context.pool, task, file.size > context.share);
  const now = await stat(file.path, { bigint: true });
  const isCurrent = sameState(stateOf(now), result.state);
  if (!isCurrent || result.findings.kind === 'corrupt' || result.findings.matched === 0) {
    await discard(task);
    return isCurrent ? result.findings : undefined;
  }
  const { rows, matched: count } = result.findings;
  if (matched && matchedPlace) await renameDurably(matched, matchedPlace);
  if (patch) await syncFolder(dirname(patch.path));
  await context.journal.append(
    prepared(sequence, file.key, format, result.keptHash!, rows, count, patch !== undefined),
  );
  await renameDurably(kept, place);
  await context.journal.append({ kind: 'renamed', sequence });
  return result.findings;
}

/**
 * Has a file rewritten; `byTwo`, another worker hashes what is kept while it is written. That worker
 * waits only for what was asked before it, so that no two ever wait for each other.
 */
async function prepare(pool: WorkerPool, task: PrepareTask, byTwo: boolean): Promise<Prepared> {
  if (!byTwo) return (await pool.run(task)) as Prepared;
  const written = new WrittenSoFar();
  const preparing = pool.run({ ...task, written: written.shared });
  const hashing = pool.run({ kind: 'hash', path: task.kept, written: written.shared });
  // Whatever ends the one before its output was open: the other must not wait for it.
  preparing.catch(() => written.fail());
  const [prepared, hashed] = await Promise.allSettled([preparing, hashing]);
  if (prepared.status === 'rejected') throw prepared.reason;
  if (hashed.status === 'fulfilled') {
    return { ...(prepared.value as Prepared), keptHash: (hashed.value as Hashed).keptHash! };
  }
  await discard(task);
  throw hashed.reason;
}

async function discard({ kept, matched, patch }: PrepareTask): Promise<void> {
  for (const path of [kept, matched, patch?.path]) if (path) await rm(path, { force: true });
}

function prepared(
  sequence: number,
  key: string,
  format: string,
  after: string,
  rows: number,
  matched: number,
  patch: boolean,
): JournalEntry {
  return { kind: 'prepared', sequence, key, format, after, rows, matched, patch };
}

/** What is not whole yet lies beside its place, so that the rename stays within one file system. */
export function unfinished(place: string, run: string): string {
  return `${place}.${run}${UNFINISHED}`;
}

export async function renameDurably(from: string, to: string): Promise<void> {
  await rename(from, to);
  await syncFolder(dirname(to));
}

/** Copies a file without a match, with its times. */
async function copyWhole(from: string, to: string, run: string): Promise<void> {
  const beside = unfinished(to, run);
  await copyFile(from, beside, constants.COPYFILE_FICLONE);
  const { atime, mtime } = await stat(from);
  await utimes(beside, atime, mtime);
  const handle = await open(beside, 'r');
  await handle.sync();
  await handle.close();
  await renameDurably(beside, to);
}

/** Takes away what killed runs left half-written below a root. The root must be locked. */
export async function sweepUnfinished(root: string): Promise<void> {
  for (const name of await readdir(root, { recursive: true })) {
    if (name.endsWith(UNFINISHED)) await rm(join(root, name), { force: true });
  }
}
