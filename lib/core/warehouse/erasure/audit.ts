import type { SqlStatement } from '../../ports/warehouse.ts';
import { sql } from '../sql/statement.ts';
import { OWN } from '../warehouse-table.ts';
import type { ErasureOrder } from './erasure-order.ts';

export type AuditEvent = 'flagged' | 'restricted' | 'undone' | 'deleted' | 'replayed';

/** Writes an event of a task into the audit table, in the transaction that it tells of. */
export function recordEvent(
  event: AuditEvent,
  now: number,
  order: Pick<ErasureOrder, 'taskKey' | 'store'> & Partial<ErasureOrder>,
  rows: SqlStatement,
): SqlStatement {
  const { taskKey, store, subject, deleteAfter, facts = {} } = order;
  const { requestedAt, dueAt, approver } = facts;
  return sql`INSERT INTO ${OWN.audit} (at, event, task_key, store, subject, requested_at, due_at, approver, scheduled_for, row_count) SELECT CAST(${now} AS BIGINT), CAST(${event} AS VARCHAR(32)), CAST(${taskKey} AS VARCHAR(300)), CAST(${store} AS VARCHAR(64)), CAST(${subject ?? null} AS VARCHAR(64)), CAST(${requestedAt ?? null} AS BIGINT), CAST(${dueAt ?? null} AS BIGINT), CAST(${approver ?? null} AS VARCHAR(128)), CAST(${deleteAfter ?? null} AS BIGINT), (${rows})`;
}
