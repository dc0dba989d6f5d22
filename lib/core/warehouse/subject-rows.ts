import { printPath, segmentsOf } from '../data-map/field-path.ts';
import type { SqlFault, SqlRow, Warehouse } from '../ports/warehouse.ts';
import type { Identity } from '../requests/model/request.ts';
import { COMMA, identifier, joined, sql } from './sql/statement.ts';
import { canBeHeld } from './erasure/pending-keys.ts';
import {
  FLAG,
  FORGOTTEN,
  matchesIdentities,
  matchesKeys,
  type WarehouseTable,
} from './warehouse-table.ts';

/** A subject's personal columns, row by row; forgotten rows are not the controller's any more. */
export async function gatherRows(
  warehouse: Warehouse,
  table: WarehouseTable,
  identities: readonly Identity[],
): Promise<readonly SqlRow[]> {
  const columns = joined(table.personalColumns.map(identifier), COMMA);
  return warehouse.query(
    sql`SELECT ${columns} FROM ${table.name} WHERE ${FLAG} <> ${FORGOTTEN} AND ${whose(warehouse, table, identities)}`,
  );
}

/**
 * How many rows are a subject's, and how many of them an erasure would still have to take: all but
 * those that a pass not long overdue will delete.
 */
export async function countRows(
  warehouse: Warehouse,
  table: WarehouseTable,
  identities: readonly Identity[],
  overdueBefore: number,
): Promise<{ readonly all: number; readonly erasable: number }> {
  const waits = sql`${FLAG} = ${FORGOTTEN} AND ${matchesKeys(table, sql`kind = 'erase' AND delete_after > ${overdueBefore}`)}`;
  const [row] = await warehouse.query(
    sql`SELECT COUNT(*) AS all_rows, COALESCE(SUM(CASE WHEN ${waits} THEN 0 ELSE 1 END), 0) AS erasable FROM ${table.name} WHERE ${whose(warehouse, table, identities)}`,
  );
  return { all: Number(row?.['all_rows']), erasable: Number(row?.['erasable']) };
}

export type RectifyOutcome =
  | { readonly kind: 'rectified'; readonly rows: number }
  | { readonly kind: 'failed'; readonly fault: SqlFault };

/** Puts right values in. Corrections of columns that the data map does not know are not for this table. */
export async function rectifyRows(
  warehouse: Warehouse,
  table: WarehouseTable,
  identities: readonly Identity[],
  corrections: Readonly<Record<string, string>>,
  token: string,
): Promise<RectifyOutcome> {
  const columns = table.map.fields.filter(
    ({ path }) => segmentsOf(path).length === 1 && Object.hasOwn(corrections, printPath(path)),
  );
  if (columns.length === 0) return { kind: 'rectified', rows: 0 };
  const set = joined(
    columns.map(
      ({ path }) => sql`${identifier(segmentsOf(path)[0]!)} = ${corrections[printPath(path)]!}`,
    ),
    COMMA,
  );
  const outcome = await warehouse.transact(
    [
      sql`UPDATE ${table.name} SET ${set} WHERE ${FLAG} <> ${FORGOTTEN} AND ${whose(warehouse, table, identities)}`,
    ],
    token,
  );
  if (outcome.kind === 'rolled-back') return { kind: 'failed', fault: outcome.fault };
  return { kind: 'rectified', rows: outcome.counts[0] ?? 0 };
}

function whose(warehouse: Warehouse, table: WarehouseTable, identities: readonly Identity[]) {
  return matchesIdentities(
    table,
    identities.filter(({ value }) => canBeHeld(warehouse.dialect, value)),
  );
}
