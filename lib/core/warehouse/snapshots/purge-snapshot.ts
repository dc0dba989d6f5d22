import type { WarehouseSnapshot, WarehouseSnapshots } from '../../ports/warehouse-snapshots.ts';
import type { ResourceTags } from '../../catalogue/resource-tags.ts';
import { backupName, freshName, restoredName } from './snapshot-names.ts';

/** Longest retention of a snapshot, days: gone 30 days after the erasure (the source's practice). */
export const LONGEST_RETENTION = 29;
const DAY = 24 * 60 * 60 * 1_000;

/**
 * How far a snapshot's purge is: restore → delete → fresh snapshot → delete the old one. Plain data, so
 * that a workflow keeps it between steps; each step may be done twice.
 */
export type PurgeState =
  | {
      readonly step:
        'restore' | 'await-restore' | 'delete' | 'snapshot' | 'await-snapshot' | 'drop';
    }
  | { readonly step: 'done' }
  | { readonly step: 'failed'; readonly at: string };

export interface PurgeDependencies {
  readonly snapshots: WarehouseSnapshots;
  /** Replays the ledger on the restored warehouse: `true` once nobody forgotten is left in it. */
  readonly cleanse: (restoredId: string) => Promise<boolean>;
  /** What the data map says of the warehouse; the fresh snapshot carries it with the old one's tags. */
  readonly tags: ResourceTags;
  /** ms since the epoch */
  readonly now: number;
}

/** What a snapshot's purge works with; the same at every step. */
export interface PurgePlan {
  readonly snapshot: WarehouseSnapshot;
  readonly restoredId: string;
  readonly freshId: string;
}

/** Which snapshots may still hold rows erased at `erasedAt`, and would outlive the promised time. */
export async function snapshotsToPurge(
  snapshots: Pick<WarehouseSnapshots, 'list'>,
  erasedAt: number,
): Promise<readonly PurgePlan[]> {
  const plans: PurgePlan[] = [];
  for await (const snapshot of snapshots.list()) {
    const { id, takenAt, retentionDays, isManual } = snapshot;
    const livesTooLong =
      retentionDays < 0 || takenAt + retentionDays * DAY > erasedAt + LONGEST_RETENTION * DAY;
    if (!isManual || takenAt > erasedAt || !livesTooLong) continue;
    plans.push({ snapshot, restoredId: restoredName(id), freshId: freshName(id) });
  }
  return plans;
}

/** The next step of a purge. The old snapshot goes last: until then nothing is lost. */
export async function purgeStep(
  { snapshots, cleanse, tags, now }: PurgeDependencies,
  { snapshot, restoredId, freshId }: PurgePlan,
  state: PurgeState,
): Promise<PurgeState> {
  switch (state.step) {
    case 'restore':
      await snapshots.restore(snapshot.id, restoredId);
      return { step: 'await-restore' };
    case 'await-restore':
      return awaited(await snapshots.restored(restoredId), 'await-restore', 'delete');
    case 'delete':
      return (await cleanse(restoredId)) ? { step: 'snapshot' } : state;
    case 'snapshot':
      await snapshots.take(restoredId, {
        ...{ id: freshId, tags: { ...ownTags(snapshot.tags), ...tags } },
        retentionDays: remainingDays(snapshot, now),
      });
      return { step: 'await-snapshot' };
    case 'await-snapshot':
      return awaited(await snapshots.taken(freshId), 'await-snapshot', 'drop');
    case 'drop':
      // In this order: were the old one gone first, nothing would lead to what is left of the restored.
      await snapshots.deleteRestored(restoredId);
      await snapshots.deleteSnapshot(snapshot.id);
      return { step: 'done' };
    case 'done':
    case 'failed':
      return state;
  }
}

/** All but those of AWS itself, which nobody else may set. */
function ownTags(tags: ResourceTags): ResourceTags {
  return Object.fromEntries(Object.entries(tags).filter(([key]) => !/^aws:/i.test(key)));
}

/** The fresh one lives as long as the old one would have, and 29 days at most. */
function remainingDays({ takenAt, retentionDays }: WarehouseSnapshot, now: number): number {
  if (retentionDays < 0) return LONGEST_RETENTION;
  const left = Math.ceil((takenAt + retentionDays * DAY - now) / DAY);
  return Math.max(1, Math.min(LONGEST_RETENTION, left));
}

type Waiting = 'await-restore' | 'await-snapshot';

function awaited(
  progress: 'under-way' | 'done' | 'missing' | 'failed',
  here: Waiting,
  next: 'delete' | 'drop',
): PurgeState {
  if (progress === 'done') return { step: next };
  return progress === 'under-way' ? { step: here } : { step: 'failed', at: here };
}

/**
 * The backup before a physical delete: restricted by its tags and short-lived.
 * @param tags what the data map says of the warehouse
 * @returns its id, the same for the same run.
 */
export function restrictedBackup(
  runId: string,
  tags: ResourceTags,
): Pick<WarehouseSnapshot, 'id' | 'retentionDays' | 'tags'> {
  return {
    id: backupName(runId),
    retentionDays: LONGEST_RETENTION,
    tags: { ...tags, Access: 'restricted', LetheRun: runId },
  };
}
