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
import type { TaskResult } from './worker-protocol.ts';
import { FileFailed, type WorkerPool } from './worker-pool.ts';

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
  nextSequence(): number;
}

type ReadFindings = Extract<ObjectFindings, { kind: 'read' }>;
type Prepared = Extract<TaskResult, { kind: 'prepared' }>;

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
  const result = (await context.pool.run({
    kind: 'prepare',
    path: file.path,
    format,
    state,
    kept,
    ...(matched && { matched }),
    ...(patch && { patch }),
    ...(plan && { plan }),
  })) as Prepared;
  const now = await stat(file.path, { bigint: true });
  const isCurrent = sameState(stateOf(now), result.state);
  if (!isCurrent || result.findings.kind === 'corrupt' || result.findings.matched === 0) {
    for (const path of [kept, matched, patch?.path]) if (path) await rm(path, { force: true });
    return isCurrent ? result.findings : undefined;
  }
  const { rows, matched: count } = result.findings;
  if (matched && matchedPlace) await renameDurably(matched, matchedPlace);
  if (patch) await syncFolder(dirname(patch.path));
  await context.journal.append(
    prepared(sequence, file.key, format, result.keptHash, rows, count, patch !== undefined),
  );
  await renameDurably(kept, place);
  await context.journal.append({ kind: 'renamed', sequence });
  return result.findings;
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
