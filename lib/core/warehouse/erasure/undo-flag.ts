import type { SqlFault, Warehouse } from '../../ports/warehouse.ts';
import { guard } from '../sql/guard.ts';
import { sql } from '../sql/statement.ts';
import {
  FLAG,
  matchesKeys,
  OWN,
  RESTRICTED,
  VISIBLE,
  type WarehouseTable,
} from '../warehouse-table.ts';
import { recordEvent } from './audit.ts';
import { deleteKeys } from './pending-keys.ts';
import { readErasure } from './read-erasure.ts';

export type UndoOutcome =
  | { readonly kind: 'undone'; readonly rows: number }
  /** The rows are deleted. */
  | { readonly kind: 'lapsed' }
  | { readonly kind: 'failed'; readonly fault: SqlFault };

/**
 * Takes a flag back while the rows are still there. Rows that another request flagged too stay
 * hidden; rows of a restricted subject become restricted again. Twice is once.
 */
export async function undoFlag(
  warehouse: Warehouse,
  table: WarehouseTable,
  taskKey: string,
  now: number,
  token: string,
): Promise<UndoOutcome> {
  const known = await readErasure(warehouse, taskKey);
  if (known === undefined) return refuseFromNowOn(warehouse, table, taskKey, token);
  if (known.state === 'deleted') return { kind: 'lapsed' };
  if (known.state === 'undone') return { kind: 'undone', rows: known.rows };
  const mine = sql`task_key = ${taskKey}`;
  const others = sql`task_key <> ${taskKey}`;
  const restricted = matchesKeys(table, sql`${others} AND kind = ${'restrict'}`);
  const stillForgotten = matchesKeys(table, sql`${others} AND kind = ${'erase'}`);
  const outcome = await warehouse.transact(
    [
      guard(sql`EXISTS (SELECT 1 FROM ${OWN.erasures} WHERE ${mine} AND state = ${'flagged'})`),
      sql`UPDATE ${table.name} SET forgotten_flag = ${RESTRICTED} WHERE ${FLAG} <> ${VISIBLE} AND ${matchesKeys(table, mine)} AND ${restricted} AND NOT ${stillForgotten}`,
      sql`UPDATE ${table.name} SET forgotten_flag = ${VISIBLE} WHERE ${FLAG} <> ${VISIBLE} AND ${matchesKeys(table, mine)} AND NOT ${restricted} AND NOT ${stillForgotten}`,
      sql`UPDATE ${OWN.erasures} SET state = ${'undone'} WHERE ${mine}`,
      recordEvent(
        'undone',
        now,
        { taskKey, store: table.store },
        sql`SELECT MAX(found_rows) FROM ${OWN.erasures} WHERE ${mine}`,
      ),
      deleteKeys(taskKey),
    ],
    token,
  );
  if (outcome.kind === 'committed') return { kind: 'undone', rows: known.rows };
  if (outcome.fault !== 'guard') return { kind: 'failed', fault: outcome.fault };
  return afterAll(warehouse, taskKey);
}

/** What somebody else made of the task meanwhile. */
async function afterAll(warehouse: Warehouse, taskKey: string): Promise<UndoOutcome> {
  const since = await readErasure(warehouse, taskKey);
  if (since?.state === 'undone') return { kind: 'undone', rows: since.rows };
  return since?.state === 'flagged' ? { kind: 'failed', fault: 'conflict' } : { kind: 'lapsed' };
}

/** The task did nothing yet: a call that comes late must not do it after all. */
async function refuseFromNowOn(
  warehouse: Warehouse,
  { store }: WarehouseTable,
  taskKey: string,
  token: string,
): Promise<UndoOutcome> {
  const outcome = await warehouse.transact(
    [
      guard(sql`NOT EXISTS (SELECT 1 FROM ${OWN.erasures} WHERE task_key = ${taskKey})`),
      sql`INSERT INTO ${OWN.erasures} (task_key, store, kind, state, found_rows) VALUES (${taskKey}, ${store}, 'erase', 'undone', 0)`,
    ],
    token,
  );
  if (outcome.kind === 'rolled-back' && outcome.fault !== 'guard') {
    return { kind: 'failed', fault: outcome.fault };
  }
  return afterAll(warehouse, taskKey);
}
