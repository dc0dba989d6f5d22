import type { DataMap } from './schema.ts';

/**
 * The data map as requests see it where some stores are not deployed: these keep their place in the
 * order and take no part in anything. Names that it does not have are nobody's.
 */
export function withoutStores(dataMap: DataMap, leftOut: readonly string[]): DataMap {
  if (leftOut.length === 0) return dataMap;
  return {
    ...dataMap,
    stores: Object.fromEntries(
      Object.entries(dataMap.stores).map(([name, store]) => [
        name,
        leftOut.includes(name) ? { ...store, fields: [] } : store,
      ]),
    ),
  };
}
