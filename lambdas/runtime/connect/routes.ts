import type { z } from 'zod';
import type { DataMap } from '../../../lib/core/data-map/schema.ts';
import { EnvError } from '../env.ts';
import type { serviceRoutes } from '../service-routes.ts';

/**
 * What is wrong with routes for a data map: stores that it does not have, services' stores that
 * nobody serves. A request would find out much later.
 * @param area whose stores must be served. @default all
 * @throws {EnvError}
 */
export function checkRoutes(
  routes: z.output<typeof serviceRoutes>,
  { stores }: Pick<DataMap, 'stores'>,
  area?: string,
): void {
  const served = new Set(routes.flatMap((route) => route.stores));
  const foreign = [...served].filter((store) => !Object.hasOwn(stores, store));
  const unserved = Object.entries(stores)
    .filter(([, store]) => store.kind === 'service' && (area ?? store.area) === store.area)
    .map(([name]) => name)
    .filter((name) => !served.has(name));
  const faults = [
    ...foreign.map((store) => `SERVICES: ${store} is no store of the data map`),
    ...unserved.map((store) => `SERVICES: nobody serves the store ${store}`),
  ];
  if (faults.length > 0) throw new EnvError(faults);
}
