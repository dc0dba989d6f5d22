import type { Warehouse } from '../../ports/warehouse.ts';
import type { WarehouseTable } from '../warehouse-table.ts';
import { vacuumTables } from './clean-up.ts';
import {
  countDue,
  deleteForgotten,
  type BlastRadius,
  type DeletionOutcome,
} from './delete-forgotten.ts';
import type { ErasureLedger } from './erasure-ledger.ts';
import { deletedSince, rowsLeft } from './look-back.ts';

export interface PassDependencies {
  readonly warehouse: Warehouse;
  /** Children first. */
  readonly tables: readonly WarehouseTable[];
  readonly radius: BlastRadius;
  readonly ledger: Pick<ErasureLedger, 'expire'>;
  /**
   * Keeps what is about to be deleted; what it throws ends the pass before anything goes.
   * @default nothing is kept
   */
  readonly backUp?: (runId: string) => Promise<void>;
}

/** What one look at the warehouse did and saw. */
export interface PassReport {
  readonly outcome: DeletionOutcome;
  /** Rows deleted, or changed where the row stays. */
  readonly deleted: number;
  /** Flagged rows whose deletion nobody awaits: the pass should have taken them. */
  readonly left: number;
}

const DAY = 24 * 60 * 60 * 1_000;

/**
 * The scheduled look: whether rows are due; if so a backup, the pass over all of them, and an
 * independent look that none is left. {@link cleanUpAfterPass} follows. Twice is once.
 * @param runId the same for a look that is repeated because it was cut off
 * @throws {WarehouseError} or what the backup throws
 */
export async function makePass(
  deps: Omit<PassDependencies, 'ledger'>,
  now: number,
  runId: string,
): Promise<PassReport> {
  const outcome = await deleteDue(deps, now, runId);
  const taken = outcome.kind === 'deleted' ? outcome.tables : [];
  const left = await rowsLeft(deps.warehouse, deps.tables);
  return { outcome, deleted: sumOf(taken), left: sumOf(left) };
}

/**
 * VACUUM of what went in the last two days, so that a pass that died before its VACUUM is cleaned up
 * after, and the ledger's lapsed entries. Answers how many of these.
 * @throws {WarehouseError}
 */
export async function cleanUpAfterPass(
  { warehouse, tables, ledger }: Pick<PassDependencies, 'warehouse' | 'tables' | 'ledger'>,
  now: number,
): Promise<number> {
  await vacuumTables(warehouse, tables, await deletedSince(warehouse, now - 2 * DAY));
  return ledger.expire(now);
}

/** A pass that a person must look at first is not backed up each day anew. */
async function deleteDue(
  { warehouse, tables, radius, backUp }: Omit<PassDependencies, 'ledger'>,
  now: number,
  runId: string,
): Promise<DeletionOutcome> {
  const counts = await countDue(warehouse, tables, now);
  const stores = counts
    .filter(({ due, all }) => due > radius.rows && due > radius.proportion * all)
    .map(({ store }) => store);
  if (stores.length > 0) return { kind: 'stopped', reason: 'blast-radius', stores };
  if (counts.some(({ due }) => due > 0)) await backUp?.(runId);
  return deleteForgotten({ warehouse, tables, radius }, now, runId);
}

function sumOf(tables: readonly { readonly rows: number }[]): number {
  return tables.reduce((sum, { rows }) => sum + rows, 0);
}
