import { segmentsOf } from '../../data-map/field-path.ts';
import type { DataMap } from '../../data-map/schema.ts';
import { OWN_SCHEMA } from '../warehouse-table.ts';
import type { Catalogue, CatalogueColumn, TableAccess } from './catalogue.ts';

/** What a column's comment begins with when it holds personal data. */
export const TAG = 'PersonalData:';

/** A column that something says is personal, and what says so. */
interface DiscoveredColumn {
  readonly schema: string;
  readonly table: string;
  readonly column: string;
  readonly isSystem: boolean;
  /** By its comment, `PersonalData: contact`. */
  readonly byTag: boolean;
  /** By its own name, or that of its table or schema. */
  readonly byName: boolean;
  readonly byDataMap: boolean;
  /** It is in the data map, and the warehouse has no such column. */
  readonly isMissing: boolean;
}

export interface Discovery {
  /** In order of schema, table, column. */
  readonly columns: readonly DiscoveredColumn[];
  /** Where the three do not say the same. */
  readonly differences: readonly DiscoveredColumn[];
  /** Of the tables that hold any of these columns. */
  readonly access: readonly TableAccess[];
}

/**
 * Finds personal columns in three ways, and where these differ. System tables are looked through too;
 * Lethe's own are not: their keys are named in docs/warehouse.md.
 */
export function discoverColumns(
  catalogue: Pick<Catalogue, 'columns'>,
  access: readonly TableAccess[],
  dataMap: DataMap,
  pattern: RegExp,
): Discovery {
  const mapped = mappedColumns(dataMap);
  const found: DiscoveredColumn[] = [];
  for (const one of catalogue.columns.filter(({ schema }) => schema !== OWN_SCHEMA)) {
    const { schema, table, column, isSystem } = one;
    const place = { schema, table, column, isSystem };
    const byDataMap = mapped.delete(keyOf(one));
    const byName = [schema, table, column].some((name) => pattern.test(name));
    const byTag = one.comment?.startsWith(TAG) === true;
    if (byDataMap || byName || byTag) {
      found.push({ ...place, byTag, byName, byDataMap, isMissing: false });
    }
  }
  for (const { schema, table, column } of mapped.values()) {
    found.push({
      ...{ schema, table, column, isSystem: false, byTag: false },
      byName: [schema, table, column].some((name) => pattern.test(name)),
      ...{ byDataMap: true, isMissing: true },
    });
  }
  const columns = found.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  const tables = new Set(columns.map(({ schema, table }) => JSON.stringify([schema, table])));
  return {
    columns,
    differences: columns.filter(
      ({ byTag, byName, byDataMap, isMissing }) => isMissing || !byDataMap || !byTag || !byName,
    ),
    access: access.filter(({ schema, table }) => tables.has(JSON.stringify([schema, table]))),
  };
}

type Place = Pick<CatalogueColumn, 'schema' | 'table' | 'column'>;

function mappedColumns(dataMap: DataMap): Map<string, Place> {
  const places = new Map<string, Place>();
  for (const store of Object.values(dataMap.stores)) {
    if (store.kind !== 'table') continue;
    const paths = [...store.fields.map(({ path }) => path), ...Object.values(store.identifiers)];
    for (const path of paths) {
      const place = { schema: store.schema, table: store.table, column: segmentsOf(path)[0]! };
      places.set(keyOf(place), place);
    }
  }
  return places;
}

function keyOf({ schema, table, column }: Place): string {
  return JSON.stringify([schema, table, column]);
}
