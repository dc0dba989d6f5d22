import { describe, expect, it } from 'vitest';
import type {
  SnapshotProgress,
  WarehouseSnapshot,
  WarehouseSnapshots,
} from '../../lib/core/ports/warehouse-snapshots.ts';

export interface OpenSnapshots {
  readonly snapshots: WarehouseSnapshots;
  /** The warehouse whose snapshots they are; it has none yet. */
  readonly origin: string;
  /** Lets work of the service come to its end. */
  readonly finish: () => void;
}

const FRESH = { id: 'backup-1', retentionDays: 29, tags: { Access: 'restricted' } };
const RESTORED = 'lethe-purge-backup-1';

/** What every adapter of the port WarehouseSnapshots keeps. */
export function warehouseSnapshotsContract(name: string, open: () => Promise<OpenSnapshots>): void {
  describe(`the snapshots ${name}`, () => {
    it('are missing until they are taken, and then there once, however often it is asked', async () => {
      const { snapshots, origin, finish } = await open();
      expect(await snapshots.taken(FRESH.id)).toBe('missing');
      await snapshots.take(origin, FRESH);
      await snapshots.take(origin, FRESH);
      expect(await end(finish, () => snapshots.taken(FRESH.id))).toBe('done');
      const [found, ...others] = await all(snapshots);
      expect(others).toEqual([]);
      expect(found).toMatchObject({ ...FRESH, isManual: true });
      expect(found!.takenAt).toBeGreaterThan(0);
    });

    it('are restored beside the warehouse, once, and are still there', async () => {
      const { snapshots, origin, finish } = await open();
      await snapshots.take(origin, FRESH);
      await end(finish, () => snapshots.taken(FRESH.id));
      expect(await snapshots.restored(RESTORED)).toBe('missing');
      await snapshots.restore(FRESH.id, RESTORED);
      await snapshots.restore(FRESH.id, RESTORED);
      expect(await end(finish, () => snapshots.restored(RESTORED))).toBe('done');
      expect((await all(snapshots)).map(({ id }) => id)).toEqual([FRESH.id]);
    });

    it('outlive the restored warehouse that they were taken of; what is taken away twice is gone', async () => {
      const { snapshots, origin, finish } = await open();
      await snapshots.take(origin, FRESH);
      await end(finish, () => snapshots.taken(FRESH.id));
      await snapshots.restore(FRESH.id, RESTORED);
      await end(finish, () => snapshots.restored(RESTORED));
      await snapshots.take(RESTORED, { ...FRESH, id: 'backup-1-purged' });
      expect(await end(finish, () => snapshots.taken('backup-1-purged'))).toBe('done');
      for (let times = 0; times < 2; times++) {
        await snapshots.deleteRestored(RESTORED);
        await snapshots.deleteSnapshot(FRESH.id);
      }
      expect(await end(finish, () => snapshots.restored(RESTORED))).toBe('missing');
      expect(await snapshots.taken(FRESH.id)).toBe('missing');
      expect(await snapshots.taken('backup-1-purged')).toBe('done');
    });
  });
}

/** Looks until the service has done its work. */
async function end(
  finish: () => void,
  look: () => Promise<SnapshotProgress>,
): Promise<SnapshotProgress> {
  for (let looks = 0; looks < 10; looks++) {
    const progress = await look();
    if (progress !== 'under-way') return progress;
    finish();
  }
  return 'under-way';
}

export async function all(snapshots: WarehouseSnapshots): Promise<WarehouseSnapshot[]> {
  const found: WarehouseSnapshot[] = [];
  for await (const snapshot of snapshots.list()) found.push(snapshot);
  return found;
}
