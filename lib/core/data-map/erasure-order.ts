import type { DataMap } from './schema.ts';

/**
 * Stores in an order in which each comes after all that must be erased before it, or the cycle that
 * makes this impossible. Unknown names in `after` are passed over; {@link crossFaults} reports them.
 */
export function erasureOrder(
  map: DataMap,
): { ok: true; order: readonly string[] } | { ok: false; cycle: readonly string[] } {
  const order: string[] = [];
  const done = new Set<string>();
  const trail: string[] = [];

  const visit = (store: string): readonly string[] | undefined => {
    if (done.has(store)) return undefined;
    const seenAt = trail.indexOf(store);
    if (seenAt >= 0) return [...trail.slice(seenAt), store];
    trail.push(store);
    for (const before of map.stores[store]?.after ?? []) {
      if (map.stores[before] === undefined) continue;
      const cycle = visit(before);
      if (cycle !== undefined) return cycle;
    }
    trail.pop();
    done.add(store);
    order.push(store);
    return undefined;
  };

  for (const store of Object.keys(map.stores)) {
    const cycle = visit(store);
    if (cycle !== undefined) return { ok: false, cycle };
  }
  return { ok: true, order };
}
