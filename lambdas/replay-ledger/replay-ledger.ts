import type { Clock } from '../../lib/core/ports/clock.ts';
import type { Warehouse } from '../../lib/core/ports/warehouse.ts';
import type { ErasureLedger } from '../../lib/core/warehouse/erasure/erasure-ledger.ts';
import { replayRestored } from '../../lib/core/warehouse/erasure/replay-restored.ts';
import { rowsLeft } from '../../lib/core/warehouse/erasure/look-back.ts';
import type { WarehouseTable } from '../../lib/core/warehouse/warehouse-table.ts';
import type { Log } from '../runtime/log.ts';

export interface ReplayContext {
  readonly warehouse: Warehouse;
  readonly tables: readonly WarehouseTable[];
  readonly ledger: Pick<ErasureLedger, 'entries'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** Somebody forgotten is still in the restored warehouse: keep it closed and call again. */
class ReplayError extends Error {
  override readonly name = 'ReplayError';
}

/**
 * After a restore of the warehouse itself, before anybody is let in: whom it had forgotten it forgets
 * again. Twice is once.
 * @throws {ReplayError} unless nobody forgotten is left
 */
export async function replay({
  warehouse,
  tables,
  ledger,
  clock,
  log,
}: ReplayContext): Promise<{ tasks: number }> {
  const now = clock.now();
  const outcome = await replayRestored(warehouse, tables, ledger, now, `replay-${now}`);
  if (outcome.kind === 'failed') throw new ReplayError(`The replay failed: ${outcome.fault}`);
  const left = await rowsLeft(warehouse, tables);
  log.info('Ledger replayed', { records: outcome.tasks, failed: left.length });
  if (left.length > 0) throw new ReplayError('Rows of forgotten subjects are left');
  return { tasks: outcome.tasks };
}
