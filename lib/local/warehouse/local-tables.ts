import type { DataMap } from '../../core/data-map/schema.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { ServiceReply, Services } from '../../core/ports/services.ts';
import type { Warehouse } from '../../core/ports/warehouse.ts';
import {
  DEFAULT_RADIUS,
  type DeletionOutcome,
} from '../../core/warehouse/erasure/delete-forgotten.ts';
import type { ErasureLedger } from '../../core/warehouse/erasure/erasure-ledger.ts';
import type { RequestFacts } from '../../core/warehouse/erasure/erasure-order.ts';
import { cleanUpAfterPass, makePass } from '../../core/warehouse/erasure/make-pass.ts';
import { DEFAULT_SCHEDULE } from '../../core/warehouse/erasure/schedule.ts';
import { LONGEST_RETENTION } from '../../core/warehouse/snapshots/purge-snapshot.ts';
import { warehouseCrosswalk } from '../../core/warehouse/warehouse-crosswalk.ts';
import { warehouseServices } from '../../core/warehouse/warehouse-services.ts';
import { warehouseTables } from '../../core/warehouse/warehouse-table.ts';
import { Doorbell } from '../requests/doorbell.ts';
import { repeatLoop } from '../requests/repeat-loop.ts';
import type { OwnWarehouse } from './own-warehouse.ts';

export interface LocalTablesOptions {
  readonly own: OwnWarehouse;
  readonly dataMap: DataMap;
  readonly ledger: ErasureLedger;
  /** Of subject hashes and pseudonyms; 32 bytes. */
  readonly hashKey: Uint8Array;
  readonly facts: (dsrId: string) => Promise<RequestFacts>;
  readonly clock: Clock;
  /** Told of faults that were outlived: names of ours, no personal data. */
  readonly onFault: (loop: string, what: string) => void;
}

/** The tables of this machine's warehouse as stores of requests, and the pass over them. */
export interface LocalTables {
  readonly services: Services;
  /** Deletes what is flagged and due. Undefined: nobody was ever flagged, so it was not opened. */
  pass(): Promise<DeletionOutcome | undefined>;
  /** Makes a pass now and every hour until the signal aborts. */
  run(signal: AbortSignal): Promise<void>;
}

/** The pass did not do its work; the next hour's tries again. */
class PassError extends Error {
  override readonly name = 'PassError';
}

const HOUR = 60 * 60 * 1_000;
const DAY = 24 * HOUR;
/** How long a call waits for the database, and when it is to be asked again if that was too short, ms. */
const PATIENCE = 3_000;
const ASK_AGAIN = 1_000;

export function openLocalTables(options: LocalTablesOptions): LocalTables {
  const { own, onFault } = options;
  const pass = (): Promise<DeletionOutcome | undefined> => passOver(options);
  const loop = {
    ...{ bell: new Doorbell(), every: HOUR },
    work: async () => {
      const outcome = await pass();
      if (outcome?.kind === 'stopped') onFault('warehouse pass', outcome.reason);
      return false;
    },
    onFault: (errorName: string) => onFault('warehouse pass', errorName),
  };
  let served: { warehouse: Warehouse; services: Services } | undefined;
  /** The tables' services, or why there are none just now. */
  const reach = async (): Promise<Services | 'opening' | 'not-prepared' | 'unavailable'> => {
    try {
      const state = await own.look(PATIENCE);
      if (state.kind === 'opening') return 'opening';
      if (state.kind === 'unprepared') {
        onFault('warehouse', 'not as the data map wants it: see lethe warehouse plan');
        return 'not-prepared';
      }
      const { warehouse } = state;
      if (served?.warehouse !== warehouse) {
        served = { warehouse, services: servicesOver(options, warehouse) };
      }
      return served.services;
    } catch (error) {
      onFault('warehouse', error instanceof Error ? error.name : 'unknown');
      return 'unavailable';
    }
  };
  return {
    services: {
      call: async (call): Promise<ServiceReply> => {
        const services = await reach();
        if (services === 'opening') {
          return { kind: 'accepted', checkAt: options.clock.now() + ASK_AGAIN };
        }
        if (typeof services === 'string') {
          return { kind: 'failed', code: `warehouse-${services}`, retryable: true };
        }
        return services.call(call);
      },
      lookUp: async (store, identities) => {
        const services = await reach();
        return typeof services === 'string'
          ? { kind: 'failed', code: `warehouse-${services}` }
          : services.lookUp(store, identities);
      },
    },
    pass,
    run: (signal) => repeatLoop(loop, signal),
  };
}

function servicesOver(options: LocalTablesOptions, warehouse: Warehouse): Services {
  return warehouseServices({
    ...options,
    warehouse,
    crosswalk: warehouseCrosswalk(warehouse, options.dataMap),
    schedule: DEFAULT_SCHEDULE,
    radius: DEFAULT_RADIUS,
    backupsKept: LONGEST_RETENTION * DAY,
  });
}

/**
 * Before anybody is flagged the ledger knows it: where it holds nothing, nothing can be due, and the
 * database need not be opened. A ledger's entry lapses only after a pass that did its work.
 */
async function passOver({
  own,
  dataMap,
  ledger,
  clock,
  onFault,
}: LocalTablesOptions): Promise<DeletionOutcome | undefined> {
  const entries = ledger.entries()[Symbol.asyncIterator]();
  const first = await entries.next();
  await entries.return?.();
  if (first.done === true) return undefined;
  const state = await own.look();
  if (state.kind !== 'ready') throw new PassError(`The warehouse is ${state.kind}`);
  const { warehouse } = state;
  const tables = warehouseTables(dataMap, warehouse.dialect);
  const deps = { warehouse, tables, ledger, radius: DEFAULT_RADIUS };
  const now = clock.now();
  const runId = `pass-${new Date(now).toISOString().slice(0, 19)}`;
  const { outcome, left } = await makePass(deps, now, runId);
  if (outcome.kind === 'failed') throw new PassError(`The pass failed: ${outcome.fault}`);
  if (outcome.kind === 'stopped') return outcome;
  await cleanUpAfterPass(deps, now);
  if (left > 0) onFault('warehouse pass', 'rows are flagged whose deletion nobody awaits');
  return outcome;
}
