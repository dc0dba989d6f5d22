import type { ObjectStore } from '../../ports/object-store.ts';
import { outcomeOf, TotalsSum } from '../certificate/sum-totals.ts';
import { exportObjects, findObjects } from './batch-steps.ts';
import type { RunDependencies } from './dependencies.ts';
import type { RunObserver } from './drive-run.ts';
import { planRun } from './plan-run.ts';
import type { RunCriteria } from './run-criteria.ts';
import type { Run, RunRequest } from './run.ts';
import { loadRun, updateRun } from './saved-run.ts';
import { weighRun } from './weigh-run.ts';

/**
 * Writes current objects without the matching rows into `deps.kept`, layout kept, and leaves the
 * archive as it is. Begins or goes on wherever an earlier call ended or died. Nothing of it can be
 * undone or is certified, since nothing is erased.
 */
export async function exportRun(
  deps: RunDependencies,
  criteria: RunCriteria,
  request: RunRequest,
  observe: RunObserver = () => undefined,
): Promise<Run> {
  const { runId } = request;
  const current = currentOnly(deps);
  const { batches } = await planRun(current, request);
  const run = await loadRun(deps, runId);
  if (run.state !== 'working') return run;
  for (const [done, batch] of batches.entries()) {
    observe('finding', done, batches.length);
    await findObjects(current, criteria, runId, batch);
  }
  if ((await weighRun(current, runId)).kind === 'stopped') return loadRun(deps, runId);
  const sum = new TotalsSum(run);
  for (const [done, batch] of batches.entries()) {
    observe('writing', done, batches.length);
    await exportObjects(current, criteria, runId, batch);
    for await (const record of deps.runs.objects(runId, batch)) sum.add(record);
  }
  const totals = sum.totals();
  const endedAt = deps.clock.now();
  return updateRun(deps, runId, (now) => ({ ...now, state: outcomeOf(totals), totals, endedAt }));
}

/** Earlier versions are nobody's concern where nothing is erased. */
export function currentOnly(deps: RunDependencies): RunDependencies {
  const { objects } = deps;
  const listVersions: ObjectStore['listVersions'] = (prefix, options) =>
    objects.list(prefix, options);
  return { ...deps, objects: { ...objects, listVersions } };
}
