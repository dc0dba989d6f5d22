import { erasureOrder } from '../data-map/erasure-order.ts';
import { segmentsOf } from '../data-map/field-path.ts';
import type { DataMap, TableStore } from '../data-map/schema.ts';
import type { SqlDialect, SqlStatement } from '../ports/warehouse.ts';
import type { Identity } from '../requests/model/request.ts';
import { normalised } from './sql/dialect.ts';
import { COMMA, identifier, joined, literal, OR, qualified, sql } from './sql/statement.ts';

/** What happens to a personal column whose row stays. */
interface ColumnChange {
  readonly column: string;
  readonly action: 'null' | 'mask' | 'pseudonymise';
}

/** A table as the erasure works on it. */
export interface WarehouseTable {
  readonly store: string;
  readonly map: TableStore;
  /** `"schema"."table"` */
  readonly name: SqlStatement;
  /** How its rows are found: by identifier, the column's value as the data map normalises it. */
  readonly keys: readonly { readonly identifier: string; readonly value: SqlStatement }[];
  /** Empty: whole rows are deleted. */
  readonly changes: readonly ColumnChange[];
  /** Columns that name or tell of a subject, each once. */
  readonly personalColumns: readonly string[];
  /** The law asks to keep it: no row is flagged for deletion. */
  readonly isExempt: boolean;
}

/** All tables of the data map, each after those that must be erased before it (children first). */
export function warehouseTables(dataMap: DataMap, dialect: SqlDialect): readonly WarehouseTable[] {
  const ordered = erasureOrder(dataMap);
  // defineDataMap refuses cycles.
  const names = ordered.ok ? ordered.order : [];
  return names.flatMap((store) => {
    const map = dataMap.stores[store];
    return map?.kind === 'table' ? [readTable(dataMap, dialect, store, map)] : [];
  });
}

function readTable(
  dataMap: DataMap,
  dialect: SqlDialect,
  store: string,
  map: TableStore,
): WarehouseTable {
  const deletesRows = map.fields.some(({ erase }) => erase === 'delete-row');
  const paths = [...map.fields.map(({ path }) => path), ...Object.values(map.identifiers)];
  return {
    ...{ store, map },
    name: qualified(map.schema, map.table),
    keys: Object.entries(map.identifiers).map(([name, path]) => ({
      identifier: name,
      value: normalised(
        dialect,
        dataMap.identifiers[name]?.normalise ?? 'exact',
        valueAt(dialect, segmentsOf(path)),
      ),
    })),
    changes: deletesRows
      ? []
      : map.fields.flatMap(({ path, erase }) =>
          erase === 'null' || erase === 'mask' || erase === 'pseudonymise'
            ? [{ column: segmentsOf(path)[0]!, action: erase }]
            : [],
        ),
    personalColumns: [...new Set(paths.map((path) => segmentsOf(path)[0]!))],
    isExempt: map.exemption !== undefined || map.fields.every(({ erase }) => erase === 'keep'),
  };
}

/** A column, or what a path finds in a SUPER column (PostgreSQL: jsonb), as text. */
function valueAt(dialect: SqlDialect, path: readonly string[]): SqlStatement {
  const [column, ...within] = path;
  const whole = identifier(column!);
  if (within.length === 0) return whole;
  if (dialect === 'redshift') {
    return sql`CAST(${joined([whole, ...within.map(identifier)], sql`.`)} AS VARCHAR(65535))`;
  }
  const last = within.at(-1)!;
  const inner = within.slice(0, -1).reduce((at, key) => sql`${at} -> ${literal(key)}`, whole);
  return sql`(${inner} ->> ${literal(last)})`;
}

/**
 * Whether a row belongs to one of the keys that a part of `lethe.forgotten` holds. Never unknown, so
 * that it can be negated: a column that is NULL matches nothing.
 */
export function matchesKeys(table: WarehouseTable, scope: SqlStatement): SqlStatement {
  return matchesAny(
    table.keys.map(
      (key) =>
        sql`${key.value} IN (SELECT natural_key FROM ${OWN.forgotten} WHERE store = ${table.store} AND identifier = ${key.identifier} AND ${scope})`,
    ),
    table,
  );
}

/** The same for keys at hand, each normalised; indexes can serve it. */
export function matchesIdentities(
  table: WarehouseTable,
  identities: readonly Identity[],
): SqlStatement {
  return matchesAny(
    table.keys.map((key) => {
      const values = identities
        .filter(({ identifier: by }) => by === key.identifier)
        .map(({ value }) => sql`${value}`);
      return values.length === 0 ? undefined : sql`${key.value} IN (${joined(values, COMMA)})`;
    }),
    table,
  );
}

function matchesAny(ways: readonly (SqlStatement | undefined)[], { keys }: WarehouseTable) {
  const held = ways.flatMap((way, at) =>
    way === undefined ? [] : [sql`(${keys[at]!.value} IS NOT NULL AND ${way})`],
  );
  return held.length === 0 ? sql`(1 = 0)` : sql`(${joined(held, OR)})`;
}

/** Lethe's own tables, in a schema of their own. */
export const OWN_SCHEMA = 'lethe';
export const OWN = {
  crosswalk: qualified(OWN_SCHEMA, 'crosswalk'),
  forgotten: qualified(OWN_SCHEMA, 'forgotten'),
  erasures: qualified(OWN_SCHEMA, 'erasures'),
  audit: qualified(OWN_SCHEMA, 'erasure_audit'),
} as const;

/** The flag column, and what it says of a row. Constants, so that partial indexes serve them. */
export const FLAG_COLUMN = 'forgotten_flag';
export const FLAG = sql`forgotten_flag`;
export const VISIBLE = sql`'No'`;
export const FORGOTTEN = sql`'Yes'`;
/** Hidden like a forgotten row, and never deleted (GDPR Art. 18, 21). */
export const RESTRICTED = sql`'Restricted'`;
