import type { RunDependencies } from './dependencies.ts';
import { guard, type GuardOutcome } from './guard.ts';
import type { Run } from './run.ts';
import { recordsOf } from './run-records.ts';
import { loadRun, updateRun } from './saved-run.ts';

/**
 * Weighs what was found against the maximum, in all and by prefix, versions each for itself. Over it,
 * the run is stopped: nothing was written. A run over one place weighs the folders below that.
 */
export async function weighRun(deps: RunDependencies, runId: string): Promise<GuardOutcome> {
  const run = await loadRun(deps, runId);
  const byPrefix = new Map<string, { key: string; rows: number; matched: number }>();
  for await (const { key, versions } of recordsOf(deps, runId, run.batches)) {
    const prefix = prefixOf(run, key);
    const sum = byPrefix.get(prefix) ?? { key: prefix, rows: 0, matched: 0 };
    byPrefix.set(prefix, sum);
    for (const { rows, matched, isOurs } of versions) {
      // What the run wrote itself would dilute what it found.
      if (isOurs === true) continue;
      sum.rows += rows;
      sum.matched += matched;
    }
  }
  const outcome = guard(byPrefix.values(), run.maximumProportion);
  if (outcome.kind === 'stopped') {
    const { exceeded } = outcome;
    await updateRun(deps, runId, (now) => ({ ...now, state: 'stopped', exceeded }));
  }
  return outcome;
}

function prefixOf({ places }: Run, key: string): string {
  const root = places.length === 1 ? places[0]!.prefix : '';
  const rest = key.startsWith(root) ? key.slice(root.length) : key;
  return rest.slice(0, rest.indexOf('/') + 1);
}
