import {
  MOST_STATEMENTS,
  type SqlFault,
  type SqlStatement,
  type Warehouse,
} from '../../ports/warehouse.ts';
import { guard } from '../sql/guard.ts';
import { AND, joined, sql } from '../sql/statement.ts';
import { FLAG, FORGOTTEN, matchesKeys, OWN, type WarehouseTable } from '../warehouse-table.ts';
import { changeRows } from './change-rows.ts';
import { flagPending } from './flag-pending.ts';
import { refreshStatistics } from './refresh-statistics.ts';

/** How many rows one pass may take of a table before a person must look. */
export interface BlastRadius {
  /** Up to so many rows of a table are always fine. */
  readonly rows: number;
  /** Beyond that at most this share of the table, from 0 to 1. */
  readonly proportion: number;
}

export const DEFAULT_RADIUS: BlastRadius = { rows: 1_000, proportion: 0.1 };

export interface DeletionDependencies {
  readonly warehouse: Warehouse;
  /** Children first, see {@link warehouseTables}. */
  readonly tables: readonly WarehouseTable[];
  readonly radius: BlastRadius;
}

export interface DeletedTable {
  readonly store: string;
  /** Rows deleted, or changed where the row stays. */
  readonly rows: number;
}

export type DeletionOutcome =
  | { readonly kind: 'nothing-due' }
  | { readonly kind: 'deleted'; readonly runId: string; readonly tables: readonly DeletedTable[] }
  /** A safeguard stopped it, and nothing was changed. */
  | {
      readonly kind: 'stopped';
      readonly reason: 'blast-radius';
      readonly stores: readonly string[];
    }
  /** Rows of due subjects came in meanwhile, or stayed: nothing was changed; try again. */
  | { readonly kind: 'stopped'; readonly reason: 'rows-left' }
  | { readonly kind: 'failed'; readonly fault: SqlFault };

/**
 * The physical delete: ONE pass for all subjects that are due, set by set. Children before parents, in
 * one transaction; in it the database itself checks the blast radius before and that no row is left
 * after. Twice is once: a pass that was committed leaves nothing due.
 */
export async function deleteForgotten(
  { warehouse, tables, radius }: DeletionDependencies,
  now: number,
  runId: string,
): Promise<DeletionOutcome> {
  const due = sql`kind = 'erase' AND delete_after <= ${now}`;
  const open = await warehouse.query(sql`SELECT DISTINCT store FROM ${OWN.forgotten} WHERE ${due}`);
  const stores = new Set(open.map(({ store }) => store));
  const touched = tables.filter((table) => stores.has(table.store) && !table.isExempt);
  // A table that left the data map, or that the law keeps by now: a person must look before its keys go.
  if (touched.length < stores.size) return { kind: 'failed', fault: 'no-such-object' };
  if (touched.length === 0) return close({ warehouse }, now, runId);
  const late = await flagPending(warehouse, touched, due, runId);
  if (late !== undefined) return { kind: 'failed', fault: late };
  await refreshStatistics(warehouse, touched);
  const excess = await overRadius(warehouse, touched, radius, due);
  if (excess.length > 0) return { kind: 'stopped', reason: 'blast-radius', stores: excess };

  const changes = touched.map((table) => changeRows(table, due));
  const before = [
    guard(
      joined(
        touched.map((table) => withinRadius(table, radius, due)),
        AND,
      ),
    ),
    ...touched.map((table) => recordDeletion(table, now, runId, due)),
  ];
  const after = [
    guard(
      joined(
        touched.map(
          (table) => sql`NOT EXISTS (SELECT 1 FROM ${table.name} WHERE ${matchesKeys(table, due)})`,
        ),
        AND,
      ),
    ),
    ...closing(now, runId),
  ];
  const statements = [...before, ...changes.flat(), ...after];
  if (statements.length > MOST_STATEMENTS) return { kind: 'failed', fault: 'value' };
  const outcome = await warehouse.transact(statements, runId);
  if (outcome.kind === 'rolled-back') {
    if (outcome.fault !== 'guard') return { kind: 'failed', fault: outcome.fault };
    if (outcome.at !== 0) return { kind: 'stopped', reason: 'rows-left' };
    return { kind: 'stopped', reason: 'blast-radius', stores: touched.map(({ store }) => store) };
  }
  let at = before.length;
  const counted = touched.map(({ store }, index) => {
    const counts = outcome.counts.slice(at, (at += changes[index]!.length));
    return { store, rows: counts.reduce((sum, count) => sum + count, 0) };
  });
  return { kind: 'deleted', runId, tables: counted };
}

/** How many statements the transaction of a pass over all tables has. */
export function passStatements(tables: readonly WarehouseTable[]): number {
  const changes = tables
    .filter(({ isExempt }) => !isExempt)
    .map((table) => 1 + changeRows(table, sql`1 = 1`).length);
  return changes.reduce((sum, count) => sum + count, 2 + closing(0, '').length);
}

/** How many rows of each table the next pass would take, and of how many. Changes nothing. */
export async function countDue(
  warehouse: Warehouse,
  tables: readonly WarehouseTable[],
  now: number,
): Promise<readonly { store: string; due: number; all: number }[]> {
  const due = sql`kind = 'erase' AND delete_after <= ${now}`;
  const counts: { store: string; due: number; all: number }[] = [];
  for (const table of tables.filter(({ isExempt }) => !isExempt)) {
    const [row] = await warehouse.query(
      sql`SELECT (SELECT COUNT(*) FROM ${table.name} WHERE ${matchesKeys(table, due)}) AS due, (SELECT COUNT(*) FROM ${table.name}) AS all_rows`,
    );
    counts.push({ store: table.store, due: Number(row?.['due']), all: Number(row?.['all_rows']) });
  }
  return counts;
}

async function overRadius(
  warehouse: Warehouse,
  tables: readonly WarehouseTable[],
  radius: BlastRadius,
  due: SqlStatement,
): Promise<string[]> {
  const over: string[] = [];
  for (const table of tables) {
    const [row] = await warehouse.query(
      sql`SELECT CASE WHEN ${withinRadius(table, radius, due)} THEN 1 ELSE 0 END AS fine`,
    );
    if (row?.['fine'] !== 1) over.push(table.store);
  }
  return over;
}

/** The whole table is counted only where the count alone does not decide. */
function withinRadius(
  table: WarehouseTable,
  { rows, proportion }: BlastRadius,
  due: SqlStatement,
): SqlStatement {
  const taken = sql`(SELECT COUNT(*) FROM ${table.name} WHERE ${FLAG} = ${FORGOTTEN} AND ${matchesKeys(table, due)})`;
  return sql`CASE WHEN ${taken} <= CAST(${rows} AS BIGINT) THEN 1 WHEN ${taken} <= CAST(${proportion} AS DOUBLE PRECISION) * (SELECT COUNT(*) FROM ${table.name}) THEN 1 ELSE 0 END = 1`;
}

/** The count stands in the audit table before the rows are gone, and only if they go. */
function recordDeletion(
  table: WarehouseTable,
  now: number,
  runId: string,
  due: SqlStatement,
): SqlStatement {
  return sql`INSERT INTO ${OWN.audit} (at, event, store, run_id, row_count) SELECT CAST(${now} AS BIGINT), 'deleted', CAST(${table.store} AS VARCHAR(64)), CAST(${runId} AS VARCHAR(64)), COUNT(*) FROM ${table.name} WHERE ${FLAG} = ${FORGOTTEN} AND ${matchesKeys(table, due)}`;
}

/** What the warehouse remembers of the tasks; and their keys go. */
function closing(now: number, runId: string): readonly SqlStatement[] {
  return [
    sql`UPDATE ${OWN.erasures} SET state = 'deleted', run_id = ${runId}, deleted_at = ${now} WHERE kind = 'erase' AND state = 'flagged' AND delete_after <= ${now}`,
    // The golden record goes with its rows.
    sql`DELETE FROM ${OWN.crosswalk} WHERE golden_id IN (SELECT known.golden_id FROM ${OWN.crosswalk} AS known INNER JOIN ${OWN.forgotten} AS gone ON known.identifier = gone.identifier AND known.natural_key = gone.natural_key WHERE gone.kind = 'erase' AND gone.delete_after <= ${now})`,
    sql`DELETE FROM ${OWN.forgotten} WHERE kind = 'erase' AND delete_after <= ${now}`,
  ];
}

/** Tasks that found no row are done when their time comes, too. */
async function close(
  { warehouse }: Pick<DeletionDependencies, 'warehouse'>,
  now: number,
  runId: string,
): Promise<DeletionOutcome> {
  const outcome = await warehouse.transact(closing(now, runId), runId);
  return outcome.kind === 'committed'
    ? { kind: 'nothing-due' }
    : { kind: 'failed', fault: outcome.fault };
}
