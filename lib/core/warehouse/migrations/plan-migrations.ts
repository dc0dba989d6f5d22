import type { DataMap } from '../../data-map/schema.ts';
import { MOST_STATEMENTS, type SqlDialect, type SqlStatement } from '../../ports/warehouse.ts';
import type { Catalogue } from '../discovery/catalogue.ts';
import { redshiftFault } from '../grammar/redshift-fault.ts';
import { ownTables } from '../own-tables.ts';
import { printStatement, renderNamed } from '../sql/render.ts';
import { OWN_SCHEMA, warehouseTables, type WarehouseTable } from '../warehouse-table.ts';
import { passStatements } from '../erasure/delete-forgotten.ts';
import { flagColumn, tagColumns } from './columns.ts';
import { maskColumns } from './masking.ts';
import { columnsOf } from './plan-room.ts';
import { ERASER_ROLE, eraserRole } from './eraser-role.ts';
import { hideRows, sharedPolicies } from './row-security.ts';
import { splitTable } from './split-table.ts';
import { tableFaults } from './table-faults.ts';

/** A step that is done wholly or not at all. */
export interface Migration {
  /** What it does: "shop.customers: add forgotten_flag". */
  readonly title: string;
  readonly statements: readonly SqlStatement[];
}

export type MigrationPlan =
  | {
      readonly kind: 'plan';
      /** In order. Empty: the warehouse is as the data map wants it. */
      readonly migrations: readonly Migration[];
      /** What this database cannot do and was left out. */
      readonly notes: readonly string[];
    }
  | { readonly kind: 'refused'; readonly faults: readonly string[] };

/**
 * What must be done so that the warehouse can hide, delete and prove as the data map says. Made from
 * what is there: applied once, a second plan is empty. Names every fault at once and does nothing then.
 */
export function planMigrations(
  dataMap: DataMap,
  catalogue: Catalogue,
  dialect: SqlDialect,
): MigrationPlan {
  const tables = warehouseTables(dataMap, dialect);
  const faults = tables.flatMap((table) => tableFaults(table, catalogue));
  if (passStatements(tables) > MOST_STATEMENTS) {
    faults.push(
      `a pass over ${tables.length} tables does not fit into one transaction of ${MOST_STATEMENTS} statements`,
    );
  }
  if (faults.length > 0) return { kind: 'refused', faults };
  const migrations = [
    ...ownSchema(catalogue, dialect),
    ...sharedPolicies(catalogue, dialect),
    ...tables.flatMap((table) => tableMigrations(table, catalogue, dialect)),
    {
      title: `role ${ERASER_ROLE}: what Lethe works under`,
      statements: eraserRole(tables, catalogue, dialect),
    },
  ].filter(({ statements }) => statements.length > 0);
  const notes =
    dialect === 'postgres'
      ? tables
          .filter(({ map }) => map.maskedFor !== undefined)
          .map(({ store }) => `${store}: PostgreSQL has no masking policies; maskedFor left out`)
      : [];
  const unknown = dialect === 'redshift' ? undocumented(migrations) : [];
  return unknown.length > 0
    ? { kind: 'refused', faults: unknown }
    : { kind: 'plan', migrations, notes };
}

function ownSchema(catalogue: Catalogue, dialect: SqlDialect): readonly Migration[] {
  const have = new Set(
    catalogue.columns.filter(({ schema }) => schema === OWN_SCHEMA).map(({ table }) => table),
  );
  const want = ['crosswalk', 'forgotten', 'erasures', 'erasure_audit'];
  if (want.every((table) => have.has(table))) return [];
  return [{ title: 'crosswalk, pending keys, erasures and audit', statements: ownTables(dialect) }];
}

function tableMigrations(
  table: WarehouseTable,
  catalogue: Catalogue,
  dialect: SqlDialect,
): readonly Migration[] {
  const at = `${table.map.schema}.${table.map.table}`;
  const isNew = columnsOf(catalogue, table.map.schema, table.map.table).length === 0;
  return [
    {
      title: `${at}: split from ${table.map.splitFrom?.table ?? ''}`,
      statements: isNew ? splitTable(table, catalogue) : [],
    },
    { title: `${at}: forgotten_flag`, statements: flagColumn(table, catalogue, dialect) },
    { title: `${at}: hide flagged rows`, statements: hideRows(table, catalogue, dialect) },
    ...maskColumns(table, catalogue, dialect).map((statements) => ({
      title: `${at}: mask columns`,
      statements,
    })),
    { title: `${at}: tag personal columns`, statements: tagColumns(table, catalogue) },
  ];
}

/** Whatever is emitted for Redshift is in its documented grammar; else nothing is. */
function undocumented(migrations: readonly Migration[]): string[] {
  return migrations.flatMap(({ title, statements }) =>
    renderNamed(statements).texts.flatMap((text) => {
      const fault = redshiftFault(text);
      return fault === undefined ? [] : [`${title}: not in Redshift's grammar: ${fault}`];
    }),
  );
}

/** For people to review: each statement on a line of its own, under what it is for. */
export function printMigration({ title, statements }: Migration): string {
  return [`-- ${title}`, ...statements.map((one) => `${printStatement(one)};`)].join('\n');
}
