import type { SqlFault } from '../../ports/warehouse.ts';
import { COMMA, joined, sql } from '../sql/statement.ts';
import { OWN } from '../warehouse-table.ts';
import { recordEvent } from './audit.ts';
import {
  deleteForgotten,
  type DeletionDependencies,
  type DeletionOutcome,
} from './delete-forgotten.ts';
import type { ErasureLedger } from './erasure-ledger.ts';
import type { ErasureOrder } from './erasure-order.ts';
import { flagPending } from './flag-pending.ts';
import { insertKeys } from './pending-keys.ts';

export type ReplayOutcome =
  | { readonly kind: 'replayed'; readonly tasks: number; readonly deletion: DeletionOutcome }
  | { readonly kind: 'failed'; readonly fault: SqlFault };

/** Tasks put down in one transaction. */
const TASKS_A_TRANSACTION = 100;

/**
 * After a restore, before anybody is let in: tells the warehouse again whom it had forgotten, flags all
 * their rows, and deletes those that are due. Set by set; twice is once.
 */
export async function replayLedger(
  deps: DeletionDependencies,
  ledger: Pick<ErasureLedger, 'entries'>,
  now: number,
  runId: string,
): Promise<ReplayOutcome> {
  let tasks = 0;
  let chunk: ErasureOrder[] = [];
  const put = async (): Promise<SqlFault | undefined> => {
    const orders = chunk;
    chunk = [];
    const lost = await notRemembered(deps, orders);
    if (lost.length === 0) return undefined;
    tasks += lost.length;
    const erasures = lost.map(
      ({ taskKey, store, kind, deleteAfter }) =>
        sql`(${taskKey}, ${store}, ${kind}, 'flagged', 0, ${deleteAfter ?? null})`,
    );
    const outcome = await deps.warehouse.transact(
      [
        ...insertKeys(deps.warehouse.dialect, lost),
        sql`INSERT INTO ${OWN.erasures} (task_key, store, kind, state, found_rows, delete_after) VALUES ${joined(erasures, COMMA)}`,
        recordEvent('replayed', now, { taskKey: runId, store: '*' }, sql`${lost.length}`),
      ],
      `${runId}/${tasks}`,
    );
    return outcome.kind === 'rolled-back' ? outcome.fault : undefined;
  };
  for await (const order of ledger.entries()) {
    chunk.push(order);
    if (chunk.length < TASKS_A_TRANSACTION) continue;
    const fault = await put();
    if (fault !== undefined) return { kind: 'failed', fault };
  }
  const fault =
    (await put()) ?? (await flagPending(deps.warehouse, deps.tables, sql`kind = 'erase'`, runId));
  if (fault !== undefined) return { kind: 'failed', fault };
  return { kind: 'replayed', tasks, deletion: await deleteForgotten(deps, now, runId) };
}

async function notRemembered(
  { warehouse }: DeletionDependencies,
  orders: readonly ErasureOrder[],
): Promise<ErasureOrder[]> {
  if (orders.length === 0) return [];
  const keys = joined(
    orders.map(({ taskKey }) => sql`${taskKey}`),
    COMMA,
  );
  const rows = await warehouse.query(
    sql`SELECT task_key FROM ${OWN.erasures} WHERE task_key IN (${keys})`,
  );
  const known = new Set(rows.map((row) => row['task_key']));
  return orders.filter(({ taskKey }) => !known.has(taskKey));
}
