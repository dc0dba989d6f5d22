import type { RunDependencies } from './dependencies.ts';
import { withListing, type ListedKey } from './key-versions.ts';
import { listArchive } from './list-archive.ts';
import type { Run, RunObject, RunRequest } from './run.ts';
import { loadRun, updateRun, withoutListing } from './saved-run.ts';

/** Batches that hold work, to be handed to workers. */
export interface PlannedBatches {
  readonly runId: string;
  readonly batches: readonly number[];
}

/**
 * Begins a run: writes down every object and every version below its places, and reads none of them.
 * A run of this name that was planned before is left as it is.
 */
export async function planRun(deps: RunDependencies, request: RunRequest): Promise<PlannedBatches> {
  return (await planWithin(deps, request, Infinity))!;
}

/**
 * Plans a run as {@link planRun} does, until a time (ms since the epoch). Answers undefined when that is
 * over and the plan is not whole; the next call goes on where this one ended or died.
 */
export async function planWithin(
  deps: RunDependencies,
  request: RunRequest,
  until: number,
): Promise<PlannedBatches | undefined> {
  const { runId } = request;
  const known = await deps.runs.load(runId);
  if (known === undefined) await deps.runs.save(newRun(request, deps.clock.now()));
  const run = await loadRun(deps, runId);
  if (run.state !== 'planning') {
    // Who begins again works on everything first: what was listed before that is out of date.
    return allBatches(
      run.listing === undefined ? run : await updateRun(deps, runId, withoutListing),
    );
  }
  const shares = await listArchive(deps, run, until, async ({ place, keys }, dealt) => {
    const records = keys.map((listed) => recordOf(place, listed, dealt.next()));
    await deps.runs.putObjects(runId, records);
  });
  if (shares === undefined) return undefined;
  return allBatches(
    await updateRun(deps, runId, (now) => ({
      ...withoutListing(now),
      state: 'working',
      batches: shares.count,
    })),
  );
}

export function recordOf(place: number, { key, versions }: ListedKey, batch: number): RunObject {
  const empty = { key, place, batch, state: 'planned' as const, versions: [], rewritings: [] };
  return withListing(empty, versions);
}

function newRun(request: RunRequest, now: number): Run {
  const hasUndo = request.undoWindow > 0;
  return {
    ...request,
    version: 1,
    state: 'planning',
    startedAt: now,
    settleUntil: now + request.drain,
    ...(hasUndo && { undoUntil: now + request.undoWindow }),
    undo: hasUndo ? 'open' : 'none',
    batches: 0,
    round: 0,
  };
}

function allBatches({ runId, batches }: Run): PlannedBatches {
  return { runId, batches: Array.from({ length: batches }, (_, batch) => batch) };
}
