import type { ResourceTags } from '../../lib/core/catalogue/resource-tags.ts';
import type { Clock } from '../../lib/core/ports/clock.ts';
import { type Warehouse, WarehouseError } from '../../lib/core/ports/warehouse.ts';
import type { WarehouseSnapshots } from '../../lib/core/ports/warehouse-snapshots.ts';
import type { ErasureLedger } from '../../lib/core/warehouse/erasure/erasure-ledger.ts';
import { lastDeletion, rowsLeft } from '../../lib/core/warehouse/erasure/look-back.ts';
import { replayRestored } from '../../lib/core/warehouse/erasure/replay-restored.ts';
import {
  purgeStep,
  snapshotsToPurge,
  type PurgePlan,
  type PurgeState,
} from '../../lib/core/warehouse/snapshots/purge-snapshot.ts';
import type { WarehouseTable } from '../../lib/core/warehouse/warehouse-table.ts';
import type { Log } from '../runtime/log.ts';
import { readPurgeEvent } from './purge-event.ts';

export interface PurgeContext {
  readonly snapshots: WarehouseSnapshots;
  readonly warehouse: Warehouse;
  /** The restored warehouse by its name: a workgroup's, or a cluster's. */
  readonly openRestored: (name: string) => Warehouse;
  readonly tables: readonly WarehouseTable[];
  /** What the data map says of the warehouse, for its fresh snapshots. */
  readonly tags: ResourceTags;
  readonly ledger: Pick<ErasureLedger, 'entries'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** `pause`: look again later; `go`: the next step at once. */
export interface PurgeTurn {
  readonly plan: PurgePlan;
  readonly state: PurgeState;
  readonly turn: 'go' | 'pause' | 'done' | 'failed';
}

/**
 * One turn of the state machine: says which snapshots are to be purged, or makes one step of one of
 * them. What is erased is read from the warehouse's own audit table, so that a purge can be begun at
 * any time and any number of times.
 */
export async function purgeSnapshot(
  event: unknown,
  context: PurgeContext,
): Promise<{ plans: readonly PurgeTurn[] } | PurgeTurn> {
  const { snapshots, warehouse, tags, clock, log } = context;
  const asked = readPurgeEvent(event);
  if (asked.work === 'list') {
    const erasedAt = await lastDeletion(warehouse);
    const found = erasedAt === undefined ? [] : await snapshotsToPurge(snapshots, erasedAt);
    log.info('Snapshots to purge', { records: found.length });
    return { plans: found.map((plan) => ({ plan, state: { step: 'restore' }, turn: 'go' })) };
  }
  const { plan, state: before } = asked;
  const cleanse = (restoredId: string): Promise<boolean> => cleanseRestored(context, restoredId);
  const state = await purgeStep({ snapshots, cleanse, tags, now: clock.now() }, plan, before);
  log.info('Snapshot purge went on', { operationId: state.step });
  return { plan, state, turn: turnOf(before, state) };
}

/** The ledger tells whom; the flags tell independently whether all of them are gone. */
async function cleanseRestored(
  { openRestored, tables, ledger, clock, log }: PurgeContext,
  restoredId: string,
): Promise<boolean> {
  const restored = openRestored(restoredId);
  const now = clock.now();
  const runId = `purge-${now}-${restoredId.slice(-40)}`;
  try {
    const outcome = await replayRestored(restored, tables, ledger, now, runId);
    return outcome.kind === 'clean' && (await rowsLeft(restored, tables)).length === 0;
  } catch (error) {
    if (!(error instanceof WarehouseError)) throw error;
    // The service may call a namespace available before its tables are there.
    log.warn('The restored warehouse does not answer yet', { errorCode: error.fault });
    return false;
  }
}

function turnOf(before: PurgeState, state: PurgeState): PurgeTurn['turn'] {
  if (state.step === 'done' || state.step === 'failed') return state.step;
  const waits = state.step === before.step || state.step.startsWith('await-');
  return waits ? 'pause' : 'go';
}
