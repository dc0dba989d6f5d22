import type { RunDependencies } from './dependencies.ts';
import { isDirty, withListing } from './key-versions.ts';
import { listArchive } from './list-archive.ts';
import { recordOf, type PlannedBatches } from './plan-run.ts';
import type { RunObject } from './run.ts';
import { recordsOf } from './run-records.ts';
import { loadRun, updateRun, withoutListing } from './saved-run.ts';

/**
 * Lists the archive anew and adds what has come since: new objects, and new versions of those that are
 * known. Answers the batches in which something is to be done; none: all that is there was looked at.
 */
export async function extendRun(deps: RunDependencies, runId: string): Promise<PlannedBatches> {
  return (await extendWithin(deps, runId, Infinity))!;
}

/**
 * Extends a run as {@link extendRun} does, until a time (ms since the epoch). Answers undefined when that
 * is over and the listing is not whole; the next call goes on where this one ended or died.
 */
export async function extendWithin(
  deps: RunDependencies,
  runId: string,
  until: number,
): Promise<PlannedBatches | undefined> {
  const run = await loadRun(deps, runId);
  const shares = await listArchive(deps, run, until, async ({ place, keys }, dealt) => {
    const known = await deps.runs.objectsOf(
      runId,
      keys.map(({ key }) => key),
    );
    // Before any is dealt: what a call that died has dealt keeps its batch.
    for (const { batch } of known.values()) dealt.sees(batch);
    const records = keys.map((listed) => {
      const before = known.get(listed.key);
      return before === undefined
        ? recordOf(place, listed, dealt.next())
        : withListing(before, listed.versions);
    });
    await deps.runs.putObjects(
      runId,
      records.filter(hasWork).map((record) => ({ ...record, state: 'planned' })),
    );
  });
  if (shares === undefined) return undefined;
  // Over several calls, none knows all that is to be done: the records do.
  const batches = new Set<number>();
  for await (const { batch, state } of recordsOf(deps, runId, shares.count)) {
    if (state === 'planned') batches.add(batch);
  }
  await updateRun(deps, runId, (now) => ({
    ...withoutListing(now),
    batches: Math.max(now.batches, shares.count),
    round: now.round + 1,
  }));
  return { runId, batches: [...batches] };
}

/** Whether a later pass can do something about it. */
function hasWork({ versions, failure }: RunObject): boolean {
  if (failure !== undefined) return true;
  return versions.some(
    (version) =>
      version.status === 'listed' ||
      version.status === 'failed' ||
      (isDirty(version) && version.fate !== 'locked'),
  );
}
