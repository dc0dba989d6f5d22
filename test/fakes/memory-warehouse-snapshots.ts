import type {
  WarehouseSnapshot,
  WarehouseSnapshots,
} from '../../lib/core/ports/warehouse-snapshots.ts';

/**
 * Snapshots as sets of rows; work of the service takes two looks.
 * @param origin the warehouse itself: its name and its rows
 */
export function memorySnapshots(
  now: () => number,
  origin: { readonly name: string; readonly rows: Iterable<string> } = { name: 'lethe', rows: [] },
) {
  const taken = new Map<string, { snapshot: WarehouseSnapshot; rows: Set<string> }>();
  const restored = new Map<string, Set<string>>();
  const looks = new Map<string, number>();
  const progress = (id: string, isThere: boolean) => {
    const seen = (looks.get(id) ?? 0) + 1;
    looks.set(id, seen);
    if (!isThere) return 'missing' as const;
    return seen < 2 ? ('under-way' as const) : ('done' as const);
  };
  const snapshots: WarehouseSnapshots = {
    list: async function* () {
      for (const { snapshot } of [...taken.values()]) yield await Promise.resolve(snapshot);
    },
    restore: (snapshotId, restoredId) => {
      const rows = taken.get(snapshotId)?.rows;
      if (rows !== undefined && !restored.has(restoredId)) restored.set(restoredId, new Set(rows));
      return Promise.resolve();
    },
    restored: (id) => Promise.resolve(progress(`r/${id}`, restored.has(id))),
    take: (fromRestoredId, snapshot) => {
      const rows = fromRestoredId === origin.name ? origin.rows : restored.get(fromRestoredId);
      if (rows !== undefined && !taken.has(snapshot.id)) {
        const complete = { ...snapshot, takenAt: now(), isManual: true };
        taken.set(snapshot.id, { snapshot: complete, rows: new Set(rows) });
      }
      return Promise.resolve();
    },
    taken: (id) => Promise.resolve(progress(`s/${id}`, taken.has(id))),
    deleteSnapshot: (id) => Promise.resolve(void taken.delete(id)),
    deleteRestored: (id) => Promise.resolve(void restored.delete(id)),
  };
  return { snapshots, taken, restored };
}
