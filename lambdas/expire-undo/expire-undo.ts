import type { RunDependencies } from '../../lib/core/erasure/run/dependencies.ts';
import { expireUndo } from '../../lib/core/erasure/run/undo-run.ts';
import type { Log } from '../runtime/log.ts';

/** At least one window could not be ended; the next call tries again. */
class UndoExpiryError extends Error {
  override readonly name = 'UndoExpiryError';
}

export interface ExpireUndoContext {
  readonly deps: RunDependencies;
  readonly log: Log;
}

/**
 * Ends every undo window that is over: keys and patches are destroyed, and a signed statement says
 * so. A run that fails holds up no other. Twice is once.
 * @throws {UndoExpiryError}
 */
export async function expireUndos({ deps, log }: ExpireUndoContext): Promise<{ ended: number }> {
  let [ended, failed] = [0, 0];
  for await (const { runId, undoUntil } of deps.runs.undoable()) {
    if (undoUntil === undefined || undoUntil > deps.clock.now()) continue;
    try {
      if (await expireUndo(deps, runId)) ended++;
    } catch (error) {
      failed++;
      log.error('An undo window could not be ended', error);
    }
  }
  log.info('Undo windows ended', { records: ended, failed });
  if (failed > 0) throw new UndoExpiryError('undo windows are open that should have ended');
  return { ended };
}
