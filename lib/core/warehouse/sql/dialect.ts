import type { SqlDialect, SqlStatement } from '../../ports/warehouse.ts';
import type { NormaliseRule } from '../../suppression/normalise.ts';
import { literal, sql } from './statement.ts';

/** A text of any length: Redshift's VARCHAR ends at 65535 bytes (Character types). */
export function textType(dialect: SqlDialect): SqlStatement {
  return dialect === 'postgres' ? sql`TEXT` : sql`VARCHAR(65535)`;
}

/** Most bytes of a text that a column can hold; a longer one is in no row. */
export function longestText(dialect: SqlDialect): number {
  return dialect === 'postgres' ? Infinity : 65_535;
}

/** What JavaScript's `trim` takes away; the databases' own would take spaces alone. ECMA-262, WhiteSpace. */
const WHITE_SPACE =
  '\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a' +
  '\u2028\u2029\u202f\u205f\u3000\ufeff';

/** A column's value as the data map's rule writes it, so that it compares with a normalised key. */
export function normalised(
  dialect: SqlDialect,
  rule: NormaliseRule,
  column: SqlStatement,
): SqlStatement {
  switch (rule) {
    case 'exact':
      return column;
    case 'trim-lowercase':
      return sql`LOWER(BTRIM(${column}, ${literal(WHITE_SPACE)}))`;
    case 'digits':
      // PostgreSQL replaces the first match unless told otherwise; Redshift replaces all.
      return dialect === 'postgres'
        ? sql`REGEXP_REPLACE(${column}, '[^0-9]', '', 'g')`
        : sql`REGEXP_REPLACE(${column}, '[^0-9]', '')`;
  }
}
