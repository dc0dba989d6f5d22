import type { SqlDialect, SqlStatement } from '../ports/warehouse.ts';
import { textType } from './sql/dialect.ts';
import { sql, identifier } from './sql/statement.ts';
import { OWN, OWN_SCHEMA } from './warehouse-table.ts';

/** Makes Lethe's own schema and tables where they lack. Times are milliseconds since the epoch. */
export function ownTables(dialect: SqlDialect): readonly SqlStatement[] {
  const text = textType(dialect);
  return [
    sql`CREATE SCHEMA IF NOT EXISTS ${identifier(OWN_SCHEMA)}`,
    // From a natural key of any system to the golden record, and back to all others.
    sql`CREATE TABLE IF NOT EXISTS ${OWN.crosswalk} (golden_id VARCHAR(64) NOT NULL, identifier VARCHAR(64) NOT NULL, natural_key ${text} NOT NULL)`,
    // Keys of subjects whose rows are flagged; gone with the rows.
    sql`CREATE TABLE IF NOT EXISTS ${OWN.forgotten} (task_key VARCHAR(300) NOT NULL, store VARCHAR(64) NOT NULL, kind VARCHAR(12) NOT NULL, identifier VARCHAR(64) NOT NULL, natural_key ${text} NOT NULL, pseudonym VARCHAR(64) NOT NULL, delete_after BIGINT)`,
    sql`CREATE TABLE IF NOT EXISTS ${OWN.erasures} (task_key VARCHAR(300) NOT NULL, store VARCHAR(64) NOT NULL, kind VARCHAR(12) NOT NULL, state VARCHAR(12) NOT NULL, found_rows BIGINT NOT NULL, delete_after BIGINT, run_id VARCHAR(64), deleted_at BIGINT)`,
    // Who, when, what, approver, due date, scheduled run: no personal data.
    sql`CREATE TABLE IF NOT EXISTS ${OWN.audit} (at BIGINT NOT NULL, event VARCHAR(32) NOT NULL, task_key VARCHAR(300), store VARCHAR(64), subject VARCHAR(64), requested_at BIGINT, due_at BIGINT, approver VARCHAR(128), scheduled_for BIGINT, run_id VARCHAR(64), row_count BIGINT NOT NULL)`,
  ];
}
