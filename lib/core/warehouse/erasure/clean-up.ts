import type { Warehouse } from '../../ports/warehouse.ts';
import { sql } from '../sql/statement.ts';
import type { WarehouseTable } from '../warehouse-table.ts';
import type { DeletedTable } from './delete-forgotten.ts';

/**
 * Gives the space of deleted rows back: until then they lie in the blocks, unseen. Redshift skips a
 * table of which 95 % of the rows are kept unless told otherwise (VACUUM, `TO threshold PERCENT`).
 */
export async function vacuumTables(
  warehouse: Warehouse,
  tables: readonly WarehouseTable[],
  deleted: readonly DeletedTable[],
): Promise<readonly string[]> {
  const touched = new Set(deleted.filter(({ rows }) => rows > 0).map(({ store }) => store));
  const done: string[] = [];
  for (const table of tables.filter(({ store }) => touched.has(store))) {
    await warehouse.run(
      warehouse.dialect === 'redshift'
        ? sql`VACUUM DELETE ONLY ${table.name} TO 100 PERCENT`
        : sql`VACUUM ${table.name}`,
    );
    done.push(table.store);
  }
  return done;
}
