import type { SqlStatement } from '../../ports/warehouse.ts';
import type { Catalogue } from '../discovery/catalogue.ts';
import { COMMA, identifier, joined, qualified, sql } from '../sql/statement.ts';
import { FLAG_COLUMN, type WarehouseTable } from '../warehouse-table.ts';
import { columnsOf } from './plan-room.ts';

/**
 * Takes the personal columns out of a table into one of their own. What joins the two is a random key
 * that says nothing of anybody: two random numbers through MD5, which both databases have.
 */
export function splitTable(
  { name, map, personalColumns }: WarehouseTable,
  catalogue: Catalogue,
): readonly SqlStatement[] {
  if (map.splitFrom === undefined) return [];
  const { table, key } = map.splitFrom;
  const from = qualified(map.schema, table);
  const has = new Set(columnsOf(catalogue, map.schema, table).map(({ column }) => column));
  const keyColumn = identifier(key);
  const moved = joined([keyColumn, ...personalColumns.map(identifier)], COMMA);
  return [
    ...(has.has(key) ? [] : [sql`ALTER TABLE ${from} ADD COLUMN ${keyColumn} VARCHAR(64)`]),
    sql`UPDATE ${from} SET ${keyColumn} = MD5(CAST(RANDOM() AS VARCHAR(40)) || '/' || CAST(RANDOM() AS VARCHAR(40))) WHERE ${keyColumn} IS NULL`,
    sql`CREATE TABLE ${name} AS SELECT ${moved} FROM ${from}`,
    ...personalColumns.map((column) => sql`ALTER TABLE ${from} DROP COLUMN ${identifier(column)}`),
    ...(has.has(FLAG_COLUMN) ? [sql`ALTER TABLE ${from} DROP COLUMN forgotten_flag`] : []),
  ];
}
