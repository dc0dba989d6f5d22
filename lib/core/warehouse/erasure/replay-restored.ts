import type { SqlFault, Warehouse } from '../../ports/warehouse.ts';
import type { WarehouseTable } from '../warehouse-table.ts';
import type { ErasureLedger } from './erasure-ledger.ts';
import { replayLedger } from './replay-ledger.ts';

export type RestoredOutcome =
  /** Whoever is due to be forgotten is gone. */
  | { readonly kind: 'clean'; readonly tasks: number }
  | { readonly kind: 'failed'; readonly fault: SqlFault | 'rows-left' | 'blast-radius' };

/**
 * Replays the ledger on a restored warehouse and tells whether nobody who is due is left. Without a
 * blast radius: each of these deletions was weighed when it was made, and an old backup holds them all.
 * @param runId another one for each call, 64 signs at most: a service that remembers a transaction by its
 * token would else take what it did to one restored warehouse for done in the next
 */
export async function replayRestored(
  warehouse: Warehouse,
  tables: readonly WarehouseTable[],
  ledger: Pick<ErasureLedger, 'entries'>,
  now: number,
  runId: string,
): Promise<RestoredOutcome> {
  const radius = { rows: Number.MAX_SAFE_INTEGER, proportion: 1 };
  const outcome = await replayLedger({ warehouse, tables, radius }, ledger, now, runId);
  if (outcome.kind === 'failed') return outcome;
  const { deletion, tasks } = outcome;
  if (deletion.kind === 'failed') return deletion;
  return deletion.kind === 'stopped'
    ? { kind: 'failed', fault: deletion.reason }
    : { kind: 'clean', tasks };
}
