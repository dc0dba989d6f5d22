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

/** The one letter whose small form takes two, in JavaScript and in Unicode (SpecialCasing); databases write one. */
const DOTTED_I = ['\u0130', 'i\u0307'] as const;
/** A small sigma at a word's end is the same letter: Unicode's case folding, and `normaliseIdentifier`. */
const FINAL_SIGMA = ['\u03c2', '\u03c3'] as const;

/**
 * A column's value as the data map's rule writes it, so that it compares with a normalised key. Letters
 * written in parts stay so: see written-keys.ts.
 */
export function normalised(
  dialect: SqlDialect,
  rule: NormaliseRule,
  column: SqlStatement,
): SqlStatement {
  switch (rule) {
    case 'exact':
      return column;
    case 'trim-lowercase':
      return replaced(
        sql`LOWER(${replaced(sql`BTRIM(${column}, ${literal(WHITE_SPACE)})`, DOTTED_I)})`,
        FINAL_SIGMA,
      );
    case 'digits':
      // PostgreSQL replaces the first match unless told otherwise; Redshift replaces all.
      return dialect === 'postgres'
        ? sql`REGEXP_REPLACE(${column}, '[^0-9]', '', 'g')`
        : sql`REGEXP_REPLACE(${column}, '[^0-9]', '')`;
  }
}

function replaced(text: SqlStatement, [from, to]: readonly [string, string]): SqlStatement {
  return sql`REPLACE(${text}, ${literal(from)}, ${literal(to)})`;
}
