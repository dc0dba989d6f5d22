import type { SqlFault, SqlStatement, Warehouse } from '../../ports/warehouse.ts';
import { sql } from '../sql/statement.ts';
import { refreshStatistics } from './refresh-statistics.ts';
import { FLAG, FORGOTTEN, OWN, type WarehouseTable } from '../warehouse-table.ts';

/**
 * Flags all rows of all pending keys of a scope that are not flagged: rows loaded after their subject
 * was, or rows of a restored warehouse. One pass per table and identifier, whatever the subjects.
 * @returns the fault that stopped it.
 */
export async function flagPending(
  warehouse: Warehouse,
  tables: readonly WarehouseTable[],
  scope: SqlStatement,
  token: string,
): Promise<SqlFault | undefined> {
  await refreshStatistics(warehouse, []);
  for (const table of tables) {
    const statements = table.keys.map(
      ({ identifier, value }) =>
        sql`UPDATE ${table.name} SET forgotten_flag = ${FORGOTTEN} WHERE ${FLAG} <> ${FORGOTTEN} AND ${value} IN (SELECT natural_key FROM ${OWN.forgotten} WHERE store = ${table.store} AND identifier = ${identifier} AND ${scope})`,
    );
    const outcome = await warehouse.transact(statements, `${token}/late/${table.store}`);
    if (outcome.kind === 'rolled-back') return outcome.fault;
  }
  return undefined;
}
