import type { SqlStatement } from '../../ports/warehouse.ts';
import { COMMA, identifier, joined, sql } from '../sql/statement.ts';
import {
  FLAG,
  FORGOTTEN,
  matchesKeys,
  OWN,
  VISIBLE,
  type WarehouseTable,
} from '../warehouse-table.ts';

/**
 * What takes the subjects of a scope out of a table: one delete; or, where rows stay, one update for
 * each identifier, after which the rows say nothing of anybody and are shown again.
 */
export function changeRows(table: WarehouseTable, scope: SqlStatement): readonly SqlStatement[] {
  if (table.changes.length === 0) {
    return [
      sql`DELETE FROM ${table.name} WHERE ${FLAG} = ${FORGOTTEN} AND ${matchesKeys(table, scope)}`,
    ];
  }
  const changes = table.changes.map(({ column, action }) => {
    if (action === 'null') return sql`${identifier(column)} = NULL`;
    if (action === 'mask') return sql`${identifier(column)} = '***'`;
    return sql`${identifier(column)} = lethe_keys.lethe_pseudonym`;
  });
  const set = joined([...changes, sql`forgotten_flag = ${VISIBLE}`], COMMA);
  return table.keys.map(
    (key) =>
      sql`UPDATE ${table.name} SET ${set} FROM (SELECT natural_key AS lethe_key, MAX(pseudonym) AS lethe_pseudonym FROM ${OWN.forgotten} WHERE store = ${table.store} AND identifier = ${key.identifier} AND ${scope} GROUP BY natural_key) AS lethe_keys WHERE ${FLAG} = ${FORGOTTEN} AND ${key.value} = lethe_keys.lethe_key`,
  );
}
