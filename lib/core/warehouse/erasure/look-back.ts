import type { Warehouse } from '../../ports/warehouse.ts';
import { sql } from '../sql/statement.ts';
import { FLAG, FORGOTTEN, matchesKeys, OWN, type WarehouseTable } from '../warehouse-table.ts';
import type { DeletedTable } from './delete-forgotten.ts';

/**
 * Rows of each table that are flagged although nobody's deletion is waited for: what a pass should
 * have taken, found by the flags alone and not by the keys that the pass went by. Tables without
 * such rows are left out.
 * @throws {WarehouseError}
 */
export async function rowsLeft(
  warehouse: Warehouse,
  tables: readonly WarehouseTable[],
): Promise<readonly DeletedTable[]> {
  const left: DeletedTable[] = [];
  for (const table of tables.filter(({ isExempt }) => !isExempt)) {
    const [row] = await warehouse.query(
      sql`SELECT COUNT(*) AS left_rows FROM ${table.name} WHERE ${FLAG} = ${FORGOTTEN} AND NOT ${matchesKeys(table, sql`kind = 'erase'`)}`,
    );
    const rows = Number(row?.['left_rows']);
    if (rows > 0) left.push({ store: table.store, rows });
  }
  return left;
}

/** What passes deleted since a time, ms since the epoch, as the audit table has it: for VACUUM. */
export async function deletedSince(
  warehouse: Warehouse,
  since: number,
): Promise<readonly DeletedTable[]> {
  const rows = await warehouse.query(
    sql`SELECT store, SUM(row_count) AS deleted_rows FROM ${OWN.audit} WHERE event = 'deleted' AND at >= ${since} GROUP BY store`,
  );
  return rows.map((row) => ({ store: String(row['store']), rows: Number(row['deleted_rows']) }));
}

/** When rows were last deleted, ms since the epoch: snapshots taken before may hold them still. */
export async function lastDeletion(warehouse: Warehouse): Promise<number | undefined> {
  const [row] = await warehouse.query(
    sql`SELECT MAX(at) AS last_at FROM ${OWN.audit} WHERE event = 'deleted' AND row_count > 0`,
  );
  const at = row?.['last_at'];
  return at === null || at === undefined ? undefined : Number(at);
}
