import { expireUndo, expireUndos, undoRun } from '../../../lib/core/erasure/run/undo-run.ts';
import { loadRun } from '../../../lib/core/erasure/run/saved-run.ts';
import { openBucketState } from './bucket-state.ts';
import { lockDirectory } from './directory-lock.ts';
import type { UndoSummary } from './undo-run.ts';
import { UsageError } from './usage-error.ts';

/** Gives back what a run on S3 has removed, or ends that possibility. Throws {@link UsageError}. */
export async function undoInBucket(
  folder: string,
  runId: string,
  expire: boolean,
): Promise<UndoSummary> {
  const state = await openBucketState(folder, 1);
  try {
    const place = state.places.get(runId);
    if (place === undefined) throw new UsageError(`there is no run ${runId} in ${folder}`);
    const release = await lockDirectory(folder, `s3://${place.bucket}/${place.prefix}`);
    try {
      const deps = state.on(place.bucket);
      const { state: how } = await loadRun(deps, runId);
      if (how === 'planning' || how === 'working') {
        throw new UsageError(
          `run ${runId} was cut short; give its erase command once more, then undo it`,
        );
      }
      if (expire) {
        await expireUndo(deps, runId);
        return { run: runId, outcome: 'expired', objects: [] };
      }
      const { outcome, objects } = await undoRun(deps, runId);
      const isGone = outcome === 'nothing-kept';
      const byKey = [...objects].sort((a, b) => (a.key < b.key ? -1 : 1));
      return {
        run: runId,
        outcome: isGone ? 'expired' : outcome,
        objects: byKey.map((object) =>
          object.status === 'restored' ? object : { ...object, reason: REASON[object.status] },
        ),
      };
    } finally {
      await release();
    }
  } finally {
    await state.close();
  }
}

/** Ends the windows of runs on S3 that are over. Answers the runs. */
export async function expireBucketRuns(folder: string): Promise<readonly string[]> {
  const state = await openBucketState(folder, 1);
  try {
    // Of the archive itself nothing is needed.
    return await expireUndos(state.on('none'));
  } finally {
    await state.close();
  }
}

const REASON = {
  changed: 'it was changed since the run',
  failed: 'its sealed patch is not there, or was altered',
};
