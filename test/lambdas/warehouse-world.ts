import { randomBytes } from 'node:crypto';
import {
  erasureLedger,
  type ErasureLedger,
} from '../../lib/core/warehouse/erasure/erasure-ledger.ts';
import type { Services } from '../../lib/core/ports/services.ts';
import { warehouseCrosswalk } from '../../lib/core/warehouse/warehouse-crosswalk.ts';
import { warehouseServices } from '../../lib/core/warehouse/warehouse-services.ts';
import { warehouseTables, type WarehouseTable } from '../../lib/core/warehouse/warehouse-table.ts';
import {
  openMemoryWarehouse,
  type LocalWarehouse,
} from '../../lib/local/warehouse/pglite-warehouse.ts';
import { MemoryKeyVault } from '../../lib/simulation/fakes/memory-key-vault.ts';
import { addPerson, makeTables, WAREHOUSE_MAP } from '../core/warehouse/warehouse-fixture.ts';
import { memoryObjectStore } from '../fakes/memory-object-store.ts';
import { recordingLog, recordingMeter } from '../fakes/recording-log.ts';

export const DAY = 86_400_000;
export const START = Date.UTC(2026, 0, 10);
export const RADIUS = { rows: 1_000, proportion: 0.1 };
const ANNA = { id: 'c1', email: 'anna@example.org', name: 'Anna' };
const BEN = { id: 'c2', email: 'ben@example.org', name: 'Ben' };

/** A warehouse with two people, a ledger, and a clock that a test sets. */
export interface WarehouseWorld {
  readonly warehouse: LocalWarehouse;
  readonly tables: readonly WarehouseTable[];
  readonly ledger: ErasureLedger;
  readonly services: Services;
  readonly clock: { at: number; now: () => number };
  readonly log: ReturnType<typeof recordingLog>;
  readonly meter: ReturnType<typeof recordingMeter>;
}

export async function openWorld(opened?: LocalWarehouse): Promise<WarehouseWorld> {
  const warehouse = opened ?? (await openMemoryWarehouse());
  await makeTables(warehouse);
  await addPerson(warehouse, ANNA);
  await addPerson(warehouse, BEN);
  const clock = { at: START, now: () => clock.at };
  const ledger = erasureLedger({
    objects: memoryObjectStore(clock),
    keys: new MemoryKeyVault(),
    random: { bytes: (count) => randomBytes(count) },
  });
  const services = warehouseServices({
    ...{ warehouse, clock, ledger, dataMap: WAREHOUSE_MAP, radius: RADIUS },
    crosswalk: warehouseCrosswalk(warehouse, WAREHOUSE_MAP),
    schedule: { every: 28 * DAY, undoWindow: 7 * DAY, margin: 3 * DAY },
    hashKey: Buffer.alloc(32, 7),
    facts: () => Promise.resolve({}),
    backupsKept: 29 * DAY,
  });
  const tables = warehouseTables(WAREHOUSE_MAP, 'postgres');
  return {
    ...{ warehouse, tables, ledger, services, clock },
    log: recordingLog(),
    meter: recordingMeter(),
  };
}

/** Flags Anna in the table of customers; answers when she is to be deleted. */
export async function forgetAnna({ services }: WarehouseWorld): Promise<number> {
  const reply = await services.call({
    ...{ store: 'customers-table', operation: 'erase', dsrId: 'dsr-1', taskId: 'customers-table' },
    ...{ attempt: 1, reason: 'dsr:x' },
    identities: [{ identifier: 'email', value: ANNA.email }],
  });
  if (reply.kind !== 'done' || reply.undoableUntil === undefined) {
    throw new Error(JSON.stringify(reply));
  }
  return reply.undoableUntil;
}
