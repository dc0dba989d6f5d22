import { join } from 'node:path';

import type { CompiledCriteria } from '../../../lib/core/erasure/criteria/compiler.ts';
import { guard, type GuardOutcome } from '../../../lib/core/erasure/run/guard.ts';
import type { ArchiveFile } from './archive-files.ts';
import { countsOf, hasMatches, seenIn, summaryOf, whyUnread } from './file-summary.ts';
import { forEachLimited } from './limited.ts';
import type { EraseOptions } from './options.ts';
import { rewriteFile, sweepUnfinished, type RewriteContext } from './rewrite.ts';
import { readHistory, type RunHistory } from './run-history.ts';
import type { Run, RunStore } from './run-journal.ts';
import { failureWords, searchFiles, type FileFindings, type Skip } from './search.ts';
import { pathsNeverSeen, type EraseSummary, type ObjectSummary } from './summary.ts';
import { FileFailed, type WorkerPool } from './worker-pool.ts';

type Phase = 'searching' | 'erasing' | 'verifying' | 'reporting';

/** Told what goes on, for a progress bar. */
export interface EraseObserver {
  /** @param read how many of `bytes` have been read by now */
  phase(name: Phase, bytes: number, read: () => number): void;
}

/** Real paths. */
export interface Places {
  input: string;
  /** Where kept rows go; undefined: in place. */
  kept: string | undefined;
  matched: string | undefined;
}

export interface EraseJob {
  files: readonly ArchiveFile[];
  criteria: CompiledCriteria;
  options: EraseOptions;
  places: Places;
  pool: WorkerPool;
  /** @default every file is searched */
  skip?: Skip;
  observer: EraseObserver;
  /** Milliseconds since the epoch. */
  startedAt: number;
}

const NO_HISTORY: RunHistory = { applied: new Map(), seen: new Set(), nextSequence: 0 };

/** Searches and weighs; writes nothing. */
export async function dryRun(job: EraseJob): Promise<EraseSummary> {
  const found = await search(job, job.files);
  const objects = found.map((one) => summaryOf(one, NO_HISTORY));
  const weighed = guard(objects, job.options.maximum);
  return summarise(job, objects, weighed, seenIn(found), { dryRun: true });
}

/** Search, guard, rewrite, verify. `question` is what the run is known again by. */
export async function eraseFiles(
  job: EraseJob,
  store: RunStore,
  question: string,
): Promise<EraseSummary> {
  const { input, kept } = job.places;
  const pending = await store.unfinished(question);
  const placeOf = (key: string) => join(kept ?? input, key);
  const history = pending
    ? await readHistory(await store.journal(pending.id).read(), placeOf)
    : NO_HISTORY;
  const found = await search(job, job.files);
  // An original that stays still holds what an earlier attempt left out of its copy.
  const earlier = kept === undefined ? history : NO_HISTORY;
  const objects = found.map((one) => summaryOf(one, earlier));
  const weighed = guard(objects, job.options.maximum);
  const seen = new Set([...history.seen, ...seenIn(found)]);
  if (weighed.kind === 'stopped') return summarise(job, objects, weighed, seen, {});

  const { undoDays } = job.options;
  const inPlace = kept === undefined;
  const run = pending ?? (await store.begin({ question, input, inPlace, undoDays }, job.startedAt));
  await rewriteAll(job, store, run, { history, earlier, found, objects, seen });
  const changed = found.flatMap((one, index) =>
    hasMatches(one) && objects[index]!.status !== 'failed' ? [index] : [],
  );
  const residue = await verify(job, changed, placeOf, objects);
  if (job.options.residueReport) await reportResidue(job, placeOf, objects);
  const summary = summarise(job, objects, weighed, seen, {
    run: run.id,
    resumed: pending !== undefined,
    residue,
    ...(run.undoUntil !== undefined && { undoUntil: new Date(run.undoUntil).toISOString() }),
  });
  await store.write({ ...run, state: 'done' });
  return summary;
}

async function search(job: EraseJob, files: readonly ArchiveFile[]): Promise<FileFindings[]> {
  begin(job, 'searching', files);
  return searchFiles(job.pool, files, job.options.format, job.skip);
}

function begin(job: EraseJob, phase: Phase, files: readonly ArchiveFile[]): void {
  const before = job.pool.bytesRead();
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  job.observer.phase(phase, bytes, () => job.pool.bytesRead() - before);
}

interface Searched {
  history: RunHistory;
  /** What the counts of objects are to include. */
  earlier: RunHistory;
  found: readonly FileFindings[];
  objects: ObjectSummary[];
  seen: ReadonlySet<number>;
}

/** Rewrites what must be, and amends the summaries. */
async function rewriteAll(
  job: EraseJob,
  store: RunStore,
  run: Run,
  { history, earlier, found, objects, seen }: Searched,
): Promise<void> {
  const { input, kept, matched } = job.places;
  for (const root of [kept ?? input, matched]) if (root !== undefined) await sweepUnfinished(root);
  const journal = store.journal(run.id);
  await journal.append({ kind: 'seen', paths: [...seen] });
  const undoKey = run.undoUntil === undefined ? undefined : await store.keyOf(run.id);
  let sequence = history.nextSequence;
  const todo = found.flatMap((one, index) => {
    if (!('findings' in one) || one.findings.kind !== 'read') return [];
    const isDone = kept !== undefined && history.applied.has(one.file.key);
    if (isDone || (kept === undefined && one.findings.matched === 0)) return [];
    return [{ index, searched: { ...one, findings: one.findings } }];
  });
  const context: RewriteContext = {
    pool: job.pool,
    store,
    journal,
    run: run.id,
    ...(undoKey && { undoKey }),
    ...(kept !== undefined && { keptRoot: kept }),
    ...(matched !== undefined && { matchedRoot: matched }),
    share: todo.reduce((sum, { searched }) => sum + searched.file.size, 0) / job.pool.size,
    nextSequence: () => sequence++,
  };
  begin(
    job,
    'erasing',
    todo.map(({ searched }) => searched.file),
  );
  await forEachLimited(todo, job.options.jobs * 2, async ({ index, searched }) => {
    objects[index] = await rewriteOne(context, earlier, objects[index]!, searched);
  });
  await journal.close();
}

async function rewriteOne(
  context: RewriteContext,
  history: RunHistory,
  before: ObjectSummary,
  searched: Parameters<typeof rewriteFile>[1],
): Promise<ObjectSummary> {
  try {
    const findings = await rewriteFile(context, searched);
    return findings.kind === 'read'
      ? // Faults come from the search, which read every row.
        { ...before, ...countsOf(findings, before.key, history), unparsable: before.unparsable }
      : { ...before, status: 'failed', reason: findings.reason };
  } catch (error) {
    if (error instanceof FileFailed)
      return { ...before, status: 'failed', reason: failureWords(error) };
    throw error;
  }
}

/** Searches the changed files once more; answers how many matching rows are left. */
async function verify(
  job: EraseJob,
  changed: readonly number[],
  placeOf: (key: string) => string,
  objects: ObjectSummary[],
): Promise<number> {
  const files = changed.map((index) => {
    const { key } = objects[index]!;
    return { key, path: placeOf(key), size: job.files[index]!.size };
  });
  begin(job, 'verifying', files);
  const found = await searchFiles(job.pool, files, job.options.format);
  let residue = 0;
  for (const [at, one] of found.entries()) {
    const index = changed[at]!;
    const reason = whyUnread(one);
    if (reason !== undefined) objects[index] = { ...objects[index]!, status: 'unverified', reason };
    else if (hasMatches(one)) residue += one.findings.matched;
  }
  return residue;
}

const UNREADABLE: ReadonlySet<ObjectSummary['status']> = new Set([
  'corrupt',
  'failed',
  'unverified',
]);

/** Counts, in what was kept, the lines that hold a subject's value somewhere else. */
async function reportResidue(
  job: EraseJob,
  placeOf: (key: string) => string,
  objects: ObjectSummary[],
): Promise<void> {
  begin(job, 'reporting', job.files);
  const indices = objects.flatMap(({ status, format }, index) =>
    UNREADABLE.has(status) || format === 'parquet' ? [] : [index],
  );
  await forEachLimited(indices, 256, async (index) => {
    const object = objects[index]!;
    const result = await job.pool.run({ kind: 'residue', path: placeOf(object.key) });
    if (result.kind === 'searched') objects[index] = { ...object, linesWithValues: result.lines };
  });
}

function summarise(
  job: EraseJob,
  objects: readonly ObjectSummary[],
  weighed: GuardOutcome,
  seen: ReadonlySet<number>,
  extra: {
    run?: string;
    resumed?: boolean;
    residue?: number;
    undoUntil?: string;
    dryRun?: boolean;
  },
): EraseSummary {
  const sum = (of: (object: ObjectSummary) => number) =>
    objects.reduce((total, object) => total + of(object), 0);
  const isWhole = objects.every(({ status }) => status === 'erased' || status === 'unchanged');
  const { residue = 0, resumed = false, dryRun = false, ...rest } = extra;
  const stopped = weighed.kind === 'stopped';
  return {
    outcome: stopped ? 'stopped' : residue > 0 ? 'residue' : isWhole ? 'done' : 'incomplete',
    ...rest,
    resumed,
    dryRun,
    criteria: job.criteria.size,
    rows: sum(({ rows }) => rows),
    matched: sum(({ matched }) => matched),
    kept: sum(({ kept }) => kept),
    unparsable: sum(({ unparsable }) => unparsable),
    proportion: weighed.all.proportion,
    maximumProportion: job.options.maximum,
    exceeded: stopped ? weighed.exceeded : [],
    prefixes: weighed.prefixes,
    objects: stopped || dryRun ? objects.map(asFound) : objects,
    pathsNeverSeen: pathsNeverSeen(job.criteria, seen),
    residue,
    seconds: (Date.now() - job.startedAt) / 1000,
  };
}

/** Where nothing was written, nothing was erased. */
function asFound(object: ObjectSummary): ObjectSummary {
  return object.status === 'erased' ? { ...object, status: 'matching' } : object;
}
