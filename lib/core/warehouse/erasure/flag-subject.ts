import type { SqlFault, SqlStatement, Warehouse } from '../../ports/warehouse.ts';
import { guard } from '../sql/guard.ts';
import { sql } from '../sql/statement.ts';
import {
  FLAG,
  FORGOTTEN,
  matchesIdentities,
  OWN,
  RESTRICTED,
  VISIBLE,
  type WarehouseTable,
} from '../warehouse-table.ts';
import { recordEvent } from './audit.ts';
import type { ErasureOrder } from './erasure-order.ts';
import { canBeHeld, deleteKeys, insertKeys } from './pending-keys.ts';
import { readErasure } from './read-erasure.ts';

export type FlagOutcome =
  /** So many rows are the subject's and hidden; found once, answered alike ever after. */
  | { readonly kind: 'flagged' | 'deleted' | 'undone'; readonly rows: number }
  | { readonly kind: 'failed'; readonly fault: SqlFault };

/** Keys of one INSERT each; the transaction holds them, the flag and the records. */
const MOST_KEY_STATEMENTS = 30;

/**
 * The logical delete: puts the subject's keys down, flags their rows, and records both, in one
 * transaction. Hidden at once by the policies on the flag. Twice is once.
 */
export async function flagSubject(
  warehouse: Warehouse,
  table: WarehouseTable,
  order: ErasureOrder,
  now: number,
  token: string,
): Promise<FlagOutcome> {
  const { taskKey, kind, store } = order;
  const known = await readErasure(warehouse, taskKey);
  if (known !== undefined) return { kind: known.state, rows: known.rows };
  const keys = insertKeys(warehouse.dialect, [order]);
  if (keys.length > MOST_KEY_STATEMENTS) return { kind: 'failed', fault: 'value' };
  if (keys.length === 0) return { kind: 'flagged', rows: 0 };
  const mine = sql`task_key = ${taskKey}`;
  const whose = matchesIdentities(
    table,
    order.identities.filter(({ value }) => canBeHeld(warehouse.dialect, value)),
  );
  const found = sql`SELECT COUNT(*) FROM ${table.name} WHERE ${whose}`;
  const outcome = await warehouse.transact(
    [
      // Somebody else may have done it, and deleted the rows, since it was looked for.
      guard(sql`NOT EXISTS (SELECT 1 FROM ${OWN.erasures} WHERE ${mine})`),
      deleteKeys(taskKey),
      ...keys,
      sql`INSERT INTO ${OWN.erasures} (task_key, store, kind, state, found_rows, delete_after) SELECT CAST(${taskKey} AS VARCHAR(300)), CAST(${store} AS VARCHAR(64)), CAST(${kind} AS VARCHAR(12)), CAST(${'flagged'} AS VARCHAR(12)), (${found}), CAST(${order.deleteAfter ?? null} AS BIGINT)`,
      flagRows(table, whose, kind),
      recordEvent(kind === 'erase' ? 'flagged' : 'restricted', now, order, rowsOf(taskKey)),
      // Nobody's rows: nothing to delete later, and no reason to keep a key.
      sql`DELETE FROM ${OWN.forgotten} WHERE ${mine} AND 0 = (${rowsOf(taskKey)})`,
    ],
    token,
  );
  if (outcome.kind === 'rolled-back' && outcome.fault !== 'guard') {
    return { kind: 'failed', fault: outcome.fault };
  }
  const written = await readErasure(warehouse, taskKey);
  if (written === undefined) return { kind: 'failed', fault: 'conflict' };
  return { kind: written.state, rows: written.rows };
}

/** A row that waits for its deletion is not merely restricted: it stays as it is. */
function flagRows(
  table: WarehouseTable,
  whose: SqlStatement,
  kind: ErasureOrder['kind'],
): SqlStatement {
  return kind === 'erase'
    ? sql`UPDATE ${table.name} SET forgotten_flag = ${FORGOTTEN} WHERE ${FLAG} <> ${FORGOTTEN} AND ${whose}`
    : sql`UPDATE ${table.name} SET forgotten_flag = ${RESTRICTED} WHERE ${FLAG} = ${VISIBLE} AND ${whose}`;
}

function rowsOf(taskKey: string): SqlStatement {
  return sql`SELECT MAX(found_rows) FROM ${OWN.erasures} WHERE task_key = ${taskKey}`;
}
