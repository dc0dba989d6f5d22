import type { SqlDialect, SqlStatement } from '../../ports/warehouse.ts';
import { longestText } from '../sql/dialect.ts';
import { COMMA, joined, LONE_SURROGATE, sql } from '../sql/statement.ts';
import { OWN } from '../warehouse-table.ts';
import type { ErasureOrder } from './erasure-order.ts';

/** Rows of one INSERT; seven parameters each. */
const ROWS_A_STATEMENT = 25;

/**
 * Puts the keys of subjects down. A key that no column of the dialect can hold is in no row, and no
 * value that holds a NUL either: such are left out.
 */
export function insertKeys(
  dialect: SqlDialect,
  orders: readonly ErasureOrder[],
): readonly SqlStatement[] {
  const rows = orders.flatMap(({ taskKey, store, kind, identities, pseudonym, deleteAfter }) =>
    identities
      .filter(({ value }) => canBeHeld(dialect, value))
      .map(
        ({ identifier, value }) =>
          sql`(${taskKey}, ${store}, ${kind}, ${identifier}, ${value}, ${pseudonym}, ${deleteAfter ?? null})`,
      ),
  );
  const statements: SqlStatement[] = [];
  for (let from = 0; from < rows.length; from += ROWS_A_STATEMENT) {
    const some = joined(rows.slice(from, from + ROWS_A_STATEMENT), COMMA);
    statements.push(
      sql`INSERT INTO ${OWN.forgotten} (task_key, store, kind, identifier, natural_key, pseudonym, delete_after) VALUES ${some}`,
    );
  }
  return statements;
}

/** Takes the keys of a task away. */
export function deleteKeys(taskKey: string): SqlStatement {
  return sql`DELETE FROM ${OWN.forgotten} WHERE task_key = ${taskKey}`;
}

/** Whether a column of the dialect could hold the value at all. */
export function canBeHeld(dialect: SqlDialect, value: string): boolean {
  return (
    !LONE_SURROGATE.test(value) &&
    !value.includes('\0') &&
    Buffer.byteLength(value) <= longestText(dialect)
  );
}
