import { createHash } from 'node:crypto';
import type { WarehouseSnapshot, WarehouseSnapshots } from '../../ports/warehouse-snapshots.ts';

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
    plans.push({ snapshot, restoredId: restoredName(id), freshId: `${id}-purged` });
  }
  return plans;
}

/** A namespace's name has 64 signs at most; a snapshot's may have more (API reference). */
function restoredName(id: string): string {
  const name = `lethe-purge-${id}`;
  if (name.length <= 64) return name;
  return `lethe-purge-${createHash('sha256').update(id).digest('hex').slice(0, 32)}`;
}

/** The next step of a purge. The old snapshot goes last: until then nothing is lost. */
export async function purgeStep(
  { snapshots, cleanse, now }: PurgeDependencies,
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
        ...{ id: freshId, tags: snapshot.tags },
        retentionDays: remainingDays(snapshot, now),
      });
      return { step: 'await-snapshot' };
    case 'await-snapshot':
      return awaited(await snapshots.taken(freshId), 'await-snapshot', 'drop');
    case 'drop':
      await snapshots.deleteSnapshot(snapshot.id);
      await snapshots.deleteRestored(restoredId);
      return { step: 'done' };
    case 'done':
    case 'failed':
      return state;
  }
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
 * @returns its id, the same for the same run.
 */
export function restrictedBackup(
  runId: string,
): Pick<WarehouseSnapshot, 'id' | 'retentionDays' | 'tags'> {
  return {
    id: `lethe-before-${runId.toLowerCase().replaceAll(/[^a-z0-9-]+/g, '-')}`.slice(0, 63),
    retentionDays: LONGEST_RETENTION,
    tags: { PersonalData: 'forgotten', Access: 'restricted', LetheRun: runId },
  };
}
