import type { RunStore } from '../../ports/run-store.ts';
import type { Run } from './run.ts';

/** There is no run of this name. */
class RunMissing extends Error {
  override readonly name = 'RunMissing';
}

/** Others keep writing the run's record. */
class RunContended extends Error {
  override readonly name = 'RunContended';
}

const MOST_TRIES = 10;

interface Runs {
  readonly runs: RunStore;
}

export async function loadRun({ runs }: Runs, runId: string): Promise<Run> {
  const run = await runs.load(runId);
  if (run === undefined) throw new RunMissing(`there is no run ${runId}`);
  return run;
}

/** The run once a listing has ended, or is no longer to be gone on with. */
export function withoutListing(run: Run): Run {
  const rest = { ...run };
  delete (rest as { listing?: unknown }).listing;
  return rest;
}

/** Changes the run as it is now, and answers it as it is then. `change` may be asked again. */
export async function updateRun(
  { runs }: Runs,
  runId: string,
  change: (run: Run) => Run,
): Promise<Run> {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const run = await loadRun({ runs }, runId);
    const next = { ...change(run), version: run.version + 1 };
    if ((await runs.save(next)) === 'saved') return next;
  }
  throw new RunContended(`run ${runId} is written by others all the time`);
}
