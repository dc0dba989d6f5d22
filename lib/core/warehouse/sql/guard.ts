import type { SqlStatement } from '../../ports/warehouse.ts';
import { sql } from './statement.ts';

/**
 * A statement that fails unless the condition holds, and with it the whole transaction. A batch of the
 * Data API cannot look at a result and go on, so the decision is the database's: 1 / 0 where it must
 * not go on, which both databases refuse as a division by zero.
 */
export function guard(condition: SqlStatement): SqlStatement {
  return sql`SELECT 1 / (CASE WHEN ${condition} THEN 1 ELSE 0 END) AS guard`;
}
