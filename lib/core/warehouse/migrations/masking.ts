import { createHash } from 'node:crypto';
import type { SqlDialect, SqlStatement } from '../../ports/warehouse.ts';
import type { Catalogue, CatalogueColumn } from '../discovery/catalogue.ts';
import { identifier, sql } from '../sql/statement.ts';
import { FLAG_COLUMN, VISIBLE, type WarehouseTable } from '../warehouse-table.ts';
import { columnsOf, isText } from './plan-room.ts';

/** A role's mask goes before that of a flagged row; two of one priority may not meet on a column. */
const FORGOTTEN_PRIORITY = 10;
const ROLE_PRIORITY = 20;

/**
 * Dynamic data masking, where a table asks for it: for the named roles always, for everybody else on
 * flagged rows (conditional on the flag). Types of what goes in and what comes out must be equal, so
 * there is a policy for each type. One list for each transaction. Redshift alone.
 */
export function maskColumns(
  { name, map, personalColumns }: WarehouseTable,
  catalogue: Catalogue,
  dialect: SqlDialect,
): readonly (readonly SqlStatement[])[] {
  if (dialect === 'postgres' || map.maskedFor === undefined) return [];
  const roles = map.maskedFor;
  const source = columnsOf(catalogue, map.schema, map.table);
  const before = columnsOf(catalogue, map.schema, map.splitFrom?.table ?? '');
  const columns = (source.length > 0 ? source : before).filter(({ column }) =>
    personalColumns.includes(column),
  );
  const at = `${map.schema}.${map.table}`;
  const made = new Set(catalogue.policies);
  return columns.map((column) => {
    const type = typeOf(column);
    const statements: SqlStatement[] = [];
    const policy = (kind: string, definition: SqlStatement): string => {
      const called = `lethe_${kind}_${createHash('sha256').update(type.texts.join()).digest('hex').slice(0, 12)}`;
      if (!made.has(called)) {
        statements.push(sql`CREATE MASKING POLICY ${identifier(called)} ${definition}`);
      }
      made.add(called);
      return called;
    };
    const isAttached = (called: string, to: string): boolean =>
      [...catalogue.attached].some(
        (one) =>
          one.startsWith(`${called} ${at} `) &&
          one.includes(column.column) &&
          one.endsWith(` ${to}`),
      );
    const masked = isText(column) ? sql`CAST('***' AS ${type})` : sql`CAST(NULL AS ${type})`;
    const target = sql`ON ${name} (${identifier(column.column)})`;
    const whenFlagged = policy(
      'forgotten',
      sql`WITH (shown ${type}, flag VARCHAR(12)) USING (CASE WHEN flag = ${VISIBLE} THEN shown ELSE ${masked} END)`,
    );
    if (!isAttached(whenFlagged, 'public')) {
      statements.push(
        sql`ATTACH MASKING POLICY ${identifier(whenFlagged)} ${target} USING (${identifier(column.column)}, ${identifier(FLAG_COLUMN)}) TO PUBLIC PRIORITY ${number(FORGOTTEN_PRIORITY)}`,
      );
    }
    const always = policy('mask', sql`WITH (shown ${type}) USING (${masked})`);
    for (const role of roles) {
      if (isAttached(always, role)) continue;
      statements.push(
        sql`ATTACH MASKING POLICY ${identifier(always)} ${target} TO ROLE ${identifier(role)} PRIORITY ${number(ROLE_PRIORITY)}`,
      );
    }
    return statements;
  });
}

/** A whole number of ours in a statement that takes no parameters. */
function number(value: number): SqlStatement {
  return { texts: [String(value)], values: [] };
}

/** The column's type as a policy names it. */
function typeOf({ type, length }: CatalogueColumn): SqlStatement {
  if (/^(character varying|varchar|nvarchar|text)/.test(type)) {
    return sql`VARCHAR(${number(length ?? 65_535)})`;
  }
  if (/^(character|char|bpchar)/.test(type)) return sql`CHAR(${number(length ?? 1)})`;
  if (type === 'double precision') return sql`DOUBLE PRECISION`;
  if (type.startsWith('timestamp with time zone')) return sql`TIMESTAMPTZ`;
  if (type.startsWith('timestamp')) return sql`TIMESTAMP`;
  const plain = ['smallint', 'integer', 'bigint', 'real', 'boolean', 'date', 'super', 'numeric'];
  const found = plain.find((one) => type.startsWith(one)) ?? 'super';
  return { texts: [found.toUpperCase()], values: [] };
}
