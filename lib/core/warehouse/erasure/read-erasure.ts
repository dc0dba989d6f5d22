import type { Warehouse } from '../../ports/warehouse.ts';
import { sql } from '../sql/statement.ts';
import { OWN } from '../warehouse-table.ts';

/** What the warehouse remembers of a task. */
export interface KnownErasure {
  readonly state: 'flagged' | 'deleted' | 'undone';
  readonly rows: number;
  readonly deleteAfter?: number;
  readonly deletedAt?: number;
}

export async function readErasure(
  warehouse: Warehouse,
  taskKey: string,
): Promise<KnownErasure | undefined> {
  const [row] = await warehouse.query(
    sql`SELECT state, found_rows, delete_after, deleted_at FROM ${OWN.erasures} WHERE task_key = ${taskKey}`,
  );
  if (row === undefined) return undefined;
  const { state, found_rows: rows, delete_after: deleteAfter, deleted_at: deletedAt } = row;
  return {
    state: state as KnownErasure['state'],
    rows: Number(rows),
    ...(deleteAfter != null && { deleteAfter: Number(deleteAfter) }),
    ...(deletedAt != null && { deletedAt: Number(deletedAt) }),
  };
}
