import type { Clock } from '../../lib/core/ports/clock.ts';
import { vacuumTables } from '../../lib/core/warehouse/erasure/clean-up.ts';
import {
  countDue,
  deleteForgotten,
  type BlastRadius,
  type DeletionOutcome,
} from '../../lib/core/warehouse/erasure/delete-forgotten.ts';
import type { ErasureLedger } from '../../lib/core/warehouse/erasure/erasure-ledger.ts';
import { deletedSince, rowsLeft } from '../../lib/core/warehouse/erasure/look-back.ts';
import type { WarehouseTable } from '../../lib/core/warehouse/warehouse-table.ts';
import type { Warehouse } from '../../lib/core/ports/warehouse.ts';
import type { Log } from '../runtime/log.ts';
import type { Meter } from '../runtime/metrics.ts';
import { takeBackup, type BackupContext } from './backup.ts';

export interface DeleteForgottenContext {
  readonly warehouse: Warehouse;
  /** Children first. */
  readonly tables: readonly WarehouseTable[];
  readonly radius: BlastRadius;
  readonly ledger: Pick<ErasureLedger, 'expire'>;
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

const DAY = 24 * 60 * 60 * 1_000;
/** What must be left of the function's time for the pass once the backup is there. */
const PASS_TIME = 5 * 60 * 1_000;

/**
 * The daily look: whether rows are due; if so the restricted backup, the pass over all of them, and an
 * independent look that none is left. Then VACUUM of what went in the last two days, so that a pass
 * that died before its VACUUM is cleaned up after, and the ledger's lapsed entries. Twice is once.
 * @param remainingMilliseconds until the function is ended
 * @throws {PassError} or what the backup throws
 */
export async function runPass(
  remainingMilliseconds: () => number,
  context: DeleteForgottenContext,
): Promise<{ outcome: DeletionOutcome['kind'] }> {
  const { warehouse, tables, ledger, clock, log, meter } = context;
  const now = clock.now();
  const runId = `pass-${new Date(now).toISOString().slice(0, 10)}`;
  try {
    const outcome = await deleteDue(context, now, runId, remainingMilliseconds);
    const taken = outcome.kind === 'deleted' ? outcome.tables : [];
    const deleted = taken.reduce((sum, { rows }) => sum + rows, 0);
    meter.add('RowsForgotten', deleted);
    meter.add('PassesStopped', outcome.kind === 'stopped' ? 1 : 0);
    const left = await rowsLeft(warehouse, tables);
    meter.add(
      'RowsLeft',
      left.reduce((sum, { rows }) => sum + rows, 0),
    );
    await vacuumTables(warehouse, tables, await deletedSince(warehouse, now - 2 * DAY));
    const expired = await ledger.expire(now);
    meter.add('ObjectsExpired', expired);
    log.info('Pass over the warehouse', { records: deleted, failed: left.length, expired });
    if (outcome.kind === 'failed') throw new PassError(`The pass failed: ${outcome.fault}`);
    if (outcome.kind === 'stopped' && outcome.reason === 'rows-left') {
      throw new PassError('Rows of due subjects came in during the pass');
    }
    return { outcome: outcome.kind };
  } finally {
    meter.publish();
  }
}

/** A pass that a person must look at first is not backed up each day anew. */
async function deleteDue(
  { warehouse, tables, radius, backup }: DeleteForgottenContext,
  now: number,
  runId: string,
  remainingMilliseconds: () => number,
): Promise<DeletionOutcome> {
  const counts = await countDue(warehouse, tables, now);
  const stores = counts
    .filter(({ due, all }) => due > radius.rows && due > radius.proportion * all)
    .map(({ store }) => store);
  if (stores.length > 0) return { kind: 'stopped', reason: 'blast-radius', stores };
  if (backup !== undefined && counts.some(({ due }) => due > 0)) {
    await takeBackup(backup, runId, () => remainingMilliseconds() > PASS_TIME);
  }
  return deleteForgotten({ warehouse, tables, radius }, now, runId);
}
