import type { Category, DataMap, Store } from '../data-map/schema.ts';
import { segmentsOf } from '../data-map/field-path.ts';

type TableStore = Extract<Store, { kind: 'table' }>;

/** A column that says something of a data subject. */
export interface PersonalColumn {
  readonly name: string;
  /** What it says; empty for a column that only identifies. */
  readonly categories: readonly Category[];
  /** Name of the identifier that it holds. */
  readonly identifier?: string;
}

/** A table of the warehouse as the data map knows it. */
export interface PersonalTable {
  /** Store of the data map. */
  readonly store: string;
  readonly description: string;
  readonly schema: string;
  readonly table: string;
  readonly owner: string;
  readonly retentionDays: number;
  readonly legalBasis: string;
  /** In order of name. */
  readonly columns: readonly PersonalColumn[];
}

/** All tables of the data map with their personal columns, in order of store. */
export function personalTables({ stores }: Pick<DataMap, 'stores'>): readonly PersonalTable[] {
  return Object.entries(stores)
    .flatMap(([name, store]) => (store.kind === 'table' ? [readTable(name, store)] : []))
    .sort((a, b) => (a.store < b.store ? -1 : 1));
}

function readTable(store: string, map: TableStore): PersonalTable {
  const columns = new Map<string, { categories: Set<Category>; identifier?: string }>();
  const at = (name: string) => {
    const column = columns.get(name) ?? { categories: new Set<Category>() };
    columns.set(name, column);
    return column;
  };
  // A path into a SUPER column is that column's: permissions end at columns.
  for (const { path, category } of map.fields) at(segmentsOf(path)[0]!).categories.add(category);
  for (const [identifier, path] of Object.entries(map.identifiers)) {
    at(segmentsOf(path)[0]!).identifier = identifier;
  }
  return {
    store,
    description: map.description,
    schema: map.schema,
    table: map.table,
    owner: map.owner,
    retentionDays: map.retention.days,
    legalBasis: map.legalBasis,
    columns: [...columns]
      .map(([name, { categories, identifier }]) => ({
        name,
        categories: [...categories].sort(),
        ...(identifier !== undefined && { identifier }),
      }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}
