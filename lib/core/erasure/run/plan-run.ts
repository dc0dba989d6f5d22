import type { RunDependencies } from './dependencies.ts';
import { isDirty, listKeys, withListing, type ListedKey } from './key-versions.ts';
import type { Run, RunObject, RunRequest } from './run.ts';
import { loadRun, updateRun } from './saved-run.ts';

/** Keys in a batch: one worker's share, a minute or so of work. */
const BATCH = 100;

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
  const { runId } = request;
  const known = await deps.runs.load(runId);
  if (known !== undefined && known.state !== 'planning') return allBatches(known);
  if (known === undefined) await deps.runs.save(newRun(request, deps.clock.now()));
  const run = await loadRun(deps, runId);
  const shares = new Shares(0);
  for await (const { place, listed } of listPlaces(deps, run)) {
    await deps.runs.putObject(runId, recordOf(place, listed, shares.next()));
  }
  return allBatches(
    await updateRun(deps, runId, (now) => ({ ...now, state: 'working', batches: shares.count })),
  );
}

/**
 * Lists the archive anew and adds what has come since: new objects, and new versions of those that are
 * known. Answers the batches in which something is to be done; none: all that is there was looked at.
 */
export async function extendRun(deps: RunDependencies, runId: string): Promise<PlannedBatches> {
  const run = await loadRun(deps, runId);
  const shares = new Shares(run.batches);
  const batches = new Set<number>();
  for await (const { place, listed } of listPlaces(deps, run)) {
    const known = await deps.runs.object(runId, listed.key);
    const record =
      known === undefined
        ? recordOf(place, listed, shares.next())
        : withListing(known, listed.versions);
    if (!hasWork(record)) continue;
    batches.add(record.batch);
    await deps.runs.putObject(runId, { ...record, state: 'planned' });
  }
  await updateRun(deps, runId, (now) => ({
    ...now,
    batches: Math.max(now.batches, shares.count),
    round: now.round + 1,
  }));
  return { runId, batches: [...batches].sort((a, b) => a - b) };
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

async function* listPlaces(
  { objects }: RunDependencies,
  { places }: Run,
): AsyncGenerator<{ place: number; listed: ListedKey }> {
  for (const [place, { prefix }] of places.entries()) {
    for await (const listed of listKeys(objects, prefix)) yield { place, listed };
  }
}

function recordOf(place: number, { key, versions }: ListedKey, batch: number): RunObject {
  const empty = { key, place, batch, state: 'planned' as const, versions: [], rewritings: [] };
  return withListing(empty, versions);
}

function allBatches({ runId, batches }: Run): PlannedBatches {
  return { runId, batches: Array.from({ length: batches }, (_, batch) => batch) };
}

/** Deals objects out to batches, from a new one on. */
class Shares {
  readonly #first: number;
  #dealt = 0;

  constructor(first: number) {
    this.#first = first;
  }

  next(): number {
    return this.#first + Math.floor(this.#dealt++ / BATCH);
  }

  /** Batches by now, earlier ones included. */
  get count(): number {
    return this.#first + Math.ceil(this.#dealt / BATCH);
  }
}
