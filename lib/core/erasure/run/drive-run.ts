import {
  findObjects,
  forgetObjects,
  purgeVersions,
  verifyObjects,
  type BatchOutcome,
} from './batch-steps.ts';
import { concludeRun } from './conclude-run.ts';
import type { RunDependencies } from './dependencies.ts';
import { extendRun } from './extend-run.ts';
import { planRun } from './plan-run.ts';
import type { RunCriteria } from './run-criteria.ts';
import type { Run, RunRequest } from './run.ts';
import { loadRun } from './saved-run.ts';
import { settleRun } from './settle-run.ts';
import { weighRun } from './weigh-run.ts';

/** How often the archive is listed anew while others keep writing what must go. */
export const MOST_ROUNDS = 6;

type RunPhase = 'finding' | 'forgetting' | 'purging' | 'verifying' | 'writing';

/** Told as it goes on. */
export type RunObserver = (phase: RunPhase, done: number, batches: number) => void;

export type DriveOutcome =
  /** Its state is `stopped`, `done` or `incomplete`. */
  | { readonly kind: 'ended'; readonly run: Run }
  | { readonly kind: 'waiting'; readonly until: number };

/**
 * The whole run in one process: what the state machine does with many workers. Begins or goes on
 * wherever an earlier call of it ended or died; ended runs are left alone.
 */
export async function driveRun(
  deps: RunDependencies,
  criteria: RunCriteria,
  request: RunRequest,
  observe: RunObserver = () => undefined,
): Promise<DriveOutcome> {
  const { runId } = request;
  const each = async (
    phase: RunPhase,
    step: (batch: number) => Promise<BatchOutcome>,
    batches: readonly number[],
  ): Promise<number> => {
    let matched = 0;
    for (const [done, batch] of batches.entries()) {
      observe(phase, done, batches.length);
      matched += (await step(batch)).matched;
    }
    observe(phase, batches.length, batches.length);
    return matched;
  };
  let { batches } = await planRun(deps, request);
  let run = await loadRun(deps, runId);
  while (run.state === 'working') {
    await each('finding', (batch) => findObjects(deps, criteria, runId, batch), batches);
    if ((await weighRun(deps, runId)).kind === 'stopped') break;
    await each('forgetting', (batch) => forgetObjects(deps, criteria, runId, batch), batches);
    await each('purging', (batch) => purgeVersions(deps, criteria, runId, batch), batches);
    const settled = await settleRun(deps, runId);
    if (settled.kind === 'waiting') return settled;
    if (run.round < MOST_ROUNDS) {
      ({ batches } = await extendRun(deps, runId));
      run = await loadRun(deps, runId);
      if (batches.length > 0) continue;
    }
    const all = Array.from({ length: run.batches }, (_, batch) => batch);
    await each('verifying', (batch) => verifyObjects(deps, criteria, runId, batch), all);
    await concludeRun(deps, runId);
    break;
  }
  run = await loadRun(deps, runId);
  return { kind: 'ended', run };
}
