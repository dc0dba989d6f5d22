import type { Clock } from '../../lib/core/ports/clock.ts';
import type { DeletionOutcome } from '../../lib/core/warehouse/erasure/delete-forgotten.ts';
import {
  cleanUpAfterPass,
  makePass,
  type PassDependencies,
} from '../../lib/core/warehouse/erasure/make-pass.ts';
import type { Log } from '../runtime/log.ts';
import type { Meter } from '../runtime/metrics.ts';
import { takeBackup, type BackupContext } from './backup.ts';

export interface DeleteForgottenContext extends Omit<PassDependencies, 'backUp'> {
  /** Undefined: somebody else backs the warehouse up. */
  readonly backup: BackupContext | undefined;
  readonly clock: Clock;
  readonly log: Log;
  readonly meter: Meter;
}

/** The pass did not do its work; Lambda calls again, and then the alarm rings. */
class PassError extends Error {
  override readonly name = 'PassError';
}

/** What must be left of the function's time for the pass once the backup is there. */
const PASS_TIME = 5 * 60 * 1_000;

/**
 * The daily look: {@link makePass}, with a restricted backup where rows are due, and what follows it.
 * @param remainingMilliseconds until the function is ended
 * @throws {PassError} or what the backup throws
 */
export async function runPass(
  remainingMilliseconds: () => number,
  context: DeleteForgottenContext,
): Promise<{ outcome: DeletionOutcome['kind'] }> {
  const { backup, clock, log, meter } = context;
  const now = clock.now();
  const runId = `pass-${new Date(now).toISOString().slice(0, 10)}`;
  const mayGoOn = (): boolean => remainingMilliseconds() > PASS_TIME;
  try {
    const { outcome, deleted, left } = await makePass(
      {
        ...context,
        ...(backup !== undefined && { backUp: (run: string) => takeBackup(backup, run, mayGoOn) }),
      },
      now,
      runId,
    );
    meter.add('RowsForgotten', deleted);
    meter.add('PassesStopped', outcome.kind === 'stopped' ? 1 : 0);
    meter.add('RowsLeft', left);
    const expired = await cleanUpAfterPass(context, now);
    meter.add('ObjectsExpired', expired);
    log.info('Pass over the warehouse', { records: deleted, failed: left, expired });
    if (outcome.kind === 'failed') throw new PassError(`The pass failed: ${outcome.fault}`);
    if (outcome.kind === 'stopped' && outcome.reason === 'rows-left') {
      throw new PassError('Rows of due subjects came in during the pass');
    }
    return { outcome: outcome.kind };
  } finally {
    meter.publish();
  }
}
