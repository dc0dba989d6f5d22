import type { SqlRow, Warehouse } from '../../ports/warehouse.ts';
import { CATALOGUE_QUERIES } from './catalogue-queries.ts';

/** A column as the database knows it. */
export interface CatalogueColumn {
  readonly schema: string;
  readonly table: string;
  readonly column: string;
  /** In the database's own words: `character varying`, `bigint`, `super`. */
  readonly type: string;
  /** For texts, where it is bounded. */
  readonly length?: number;
  readonly comment?: string;
  readonly isSystem: boolean;
}

/** Who may do what with a table. */
export interface TableAccess {
  readonly schema: string;
  readonly table: string;
  /** `user`, `role`, `group` or `public`. */
  readonly kind: string;
  readonly name: string;
  readonly permissions: readonly string[];
}

/** What the system tables say of the warehouse. */
export interface Catalogue {
  readonly columns: readonly CatalogueColumn[];
  /** Of row-level security and of masking, by name. */
  readonly policies: ReadonlySet<string>;
  /** `policy schema.table`, and for masking `policy schema.table column grantee`. */
  readonly attached: ReadonlySet<string>;
  /** `schema.table` with row-level security on. */
  readonly guarded: ReadonlySet<string>;
  readonly roles: ReadonlySet<string>;
  readonly indexes: ReadonlySet<string>;
}

/** @throws {WarehouseError} */
export async function readCatalogue(warehouse: Warehouse): Promise<Catalogue> {
  const queries = CATALOGUE_QUERIES[warehouse.dialect];
  const names = async (kind: 'policies' | 'attached' | 'guarded' | 'roles' | 'indexes') => {
    const query = queries[kind];
    const rows = query === undefined ? [] : await warehouse.query(query);
    return new Set(rows.map((row) => text(row, 'name')));
  };
  const columns = (await warehouse.query(queries.columns)).map((row) => ({
    schema: text(row, 'table_schema'),
    table: text(row, 'table_name'),
    column: text(row, 'column_name'),
    type: text(row, 'data_type').toLowerCase(),
    ...(typeof row['length'] === 'number' && { length: row['length'] }),
    isSystem: isSystem(text(row, 'table_schema')),
  }));
  const comments = new Map<string, string>();
  for (const row of await warehouse.query(queries.comments)) {
    comments.set(JSON.stringify(PLACE.map((key) => row[key])), text(row, 'comment'));
  }
  return {
    columns: columns.map((column) => {
      const at = JSON.stringify([column.schema, column.table, column.column]);
      const comment = comments.get(at);
      return { ...column, ...(comment !== undefined && { comment }) };
    }),
    policies: await names('policies'),
    attached: await names('attached'),
    guarded: await names('guarded'),
    roles: await names('roles'),
    indexes: await names('indexes'),
  };
}

/** Who has access to which table: for telling them, as the source asks. @throws {WarehouseError} */
export async function readAccess(warehouse: Warehouse): Promise<readonly TableAccess[]> {
  const found = new Map<string, { access: TableAccess; permissions: Set<string> }>();
  for (const row of await warehouse.query(CATALOGUE_QUERIES[warehouse.dialect].access)) {
    const access = {
      ...{ schema: text(row, 'table_schema'), table: text(row, 'table_name') },
      ...{ kind: text(row, 'kind'), name: text(row, 'name') },
    };
    const key = JSON.stringify(access);
    const entry = found.get(key) ?? {
      access: { ...access, permissions: [] },
      permissions: new Set<string>(),
    };
    entry.permissions.add(text(row, 'permission'));
    found.set(key, entry);
  }
  return [...found.values()].map(({ access, permissions }) => ({
    ...access,
    permissions: [...permissions].sort(),
  }));
}

const PLACE = ['table_schema', 'table_name', 'column_name'] as const;

function isSystem(schema: string): boolean {
  return /^(pg_|information_schema$)/.test(schema);
}

function text(row: SqlRow, name: string): string {
  return String(row[name] ?? '');
}
