import type { Warehouse } from '../../ports/warehouse.ts';
import { sql } from '../sql/statement.ts';
import { OWN, type WarehouseTable } from '../warehouse-table.ts';

/**
 * Lets PostgreSQL's planner see how many keys and flagged rows there are: taken for few, it compares
 * each row with each key, and a pass costs rows times subjects. A sample is read, not the table.
 * Redshift analyses by itself and joins by hash.
 */
export async function refreshStatistics(
  warehouse: Warehouse,
  tables: readonly WarehouseTable[],
): Promise<void> {
  if (warehouse.dialect === 'redshift') return;
  await warehouse.run(sql`ANALYZE ${OWN.forgotten}`);
  for (const { name } of tables) await warehouse.run(sql`ANALYZE ${name}`);
}
