/** A snapshot, as listings show it. */
export interface WarehouseSnapshot {
  readonly id: string;
  /** ms since the epoch */
  readonly takenAt: number;
  /** Days that it is kept; -1: until somebody deletes it. */
  readonly retentionDays: number;
  /** Taken by hand or by a plan; those of the service itself lapse of their own accord. */
  readonly isManual: boolean;
  /** Tags, such as `PersonalData` and `DataOwner`. */
  readonly tags: Readonly<Record<string, string>>;
}

/** How long work of the service lasts; asked again until it is over. */
export type SnapshotProgress = 'under-way' | 'done' | 'missing' | 'failed';

/**
 * Snapshots of the warehouse and the clusters or namespaces restored from them. Every call may come
 * twice: an id that exists already is that same one.
 */
export interface WarehouseSnapshots {
  list(): AsyncIterable<WarehouseSnapshot>;
  restore(snapshotId: string, restoredId: string): Promise<void>;
  restored(restoredId: string): Promise<SnapshotProgress>;
  take(
    fromRestoredId: string,
    snapshot: Pick<WarehouseSnapshot, 'id' | 'retentionDays' | 'tags'>,
  ): Promise<void>;
  taken(snapshotId: string): Promise<SnapshotProgress>;
  /** Twice is once. */
  deleteSnapshot(snapshotId: string): Promise<void>;
  /** Takes a restored warehouse away, and leaves its snapshots. Twice is once. */
  deleteRestored(restoredId: string): Promise<void>;
}
