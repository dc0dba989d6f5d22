import { defineDataMap } from '../../lib/core/data-map/define-data-map.ts';
import { dataMap } from '../../lib/data-map.ts';
import { WAREHOUSE_MAP } from '../core/warehouse/warehouse-fixture.ts';

/** The project's own stores but for tables, and the four tables of the warehouse's tests. */
export const MAP_WITH_TABLES = defineDataMap({
  ...dataMap,
  identifiers: { ...dataMap.identifiers, ...WAREHOUSE_MAP.identifiers },
  stores: {
    ...Object.fromEntries(
      Object.entries(dataMap.stores).filter(([, { kind }]) => (kind as string) !== 'table'),
    ),
    ...WAREHOUSE_MAP.stores,
  },
});
