import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import type { ServiceCall } from '../../../lib/core/ports/services.ts';
import {
  deleteForgotten,
  type DeletionOutcome,
} from '../../../lib/core/warehouse/erasure/delete-forgotten.ts';
import { erasureLedger } from '../../../lib/core/warehouse/erasure/erasure-ledger.ts';
import { sql } from '../../../lib/core/warehouse/sql/statement.ts';
import {
  putGoldenRecord,
  warehouseCrosswalk,
} from '../../../lib/core/warehouse/warehouse-crosswalk.ts';
import { warehouseServices } from '../../../lib/core/warehouse/warehouse-services.ts';
import { warehouseTables } from '../../../lib/core/warehouse/warehouse-table.ts';
import {
  openMemoryWarehouse,
  type LocalWarehouse,
} from '../../../lib/local/warehouse/pglite-warehouse.ts';
import { MemoryKeyVault } from '../../../lib/simulation/fakes/memory-key-vault.ts';
import { memoryObjectStore } from '../../fakes/memory-object-store.ts';
import { addPerson, makeTables, WAREHOUSE_MAP } from './warehouse-fixture.ts';

export const DAY = 86_400_000;
export const START = Date.UTC(2026, 0, 10);
export const BACKUPS = 29 * DAY;
export const ANNA = { id: 'c1', email: 'Anna@Example.org ', name: 'Anna' };
export const BEN = { id: 'c2', email: 'ben@example.org', name: 'Ben' };
export const RADIUS = { rows: 1_000, proportion: 0.1 };

/** A warehouse in which Anna and Ben are, its services and its clock; anew for each test. */
export class WarehouseWorld {
  now = START;
  warehouse!: LocalWarehouse;
  readonly clock = { now: (): number => this.now };

  constructor() {
    beforeAll(async () => {
      this.warehouse = await openMemoryWarehouse();
    });
    afterAll(() => this.warehouse.close());
    beforeEach(async () => {
      this.now = START;
      await makeTables(this.warehouse);
      for (const person of [ANNA, BEN]) await addPerson(this.warehouse, person);
    });
  }

  tables() {
    return warehouseTables(WAREHOUSE_MAP, 'postgres');
  }

  openServices(given: { undoWindow?: number; dueAt?: number } = {}) {
    const ledger = erasureLedger({
      objects: memoryObjectStore(this.clock),
      keys: new MemoryKeyVault(),
      random: { bytes: (count) => randomBytes(count) },
    });
    const { warehouse, clock } = this;
    const services = warehouseServices({
      ...{ warehouse, clock, ledger, backupsKept: BACKUPS },
      dataMap: WAREHOUSE_MAP,
      crosswalk: warehouseCrosswalk(warehouse, WAREHOUSE_MAP),
      schedule: { every: 28 * DAY, undoWindow: given.undoWindow ?? 7 * DAY, margin: 3 * DAY },
      radius: RADIUS,
      hashKey: Buffer.alloc(32, 7),
      facts: () =>
        Promise.resolve({
          requestedAt: START - DAY,
          approver: 'officer-1',
          ...(given.dueAt !== undefined && { dueAt: given.dueAt }),
        }),
    });
    return { services, ledger };
  }

  pass(runId = `run-${this.now}`): Promise<DeletionOutcome> {
    const deps = { warehouse: this.warehouse, tables: this.tables(), radius: RADIUS };
    return deleteForgotten(deps, this.now, runId);
  }

  rows(table: 'customers_pii' | 'orders' | 'tickets' | 'invoices') {
    return this.warehouse.query(
      {
        customers_pii: sql`SELECT * FROM shop.customers_pii ORDER BY customer_id`,
        orders: sql`SELECT * FROM shop.orders ORDER BY order_id, customer_id`,
        tickets: sql`SELECT * FROM shop.tickets ORDER BY customer_id`,
        invoices: sql`SELECT * FROM shop.invoices ORDER BY customer_id`,
      }[table],
    );
  }

  goldenRecord() {
    return putGoldenRecord(this.warehouse, WAREHOUSE_MAP, 'g1', [
      { identifier: 'email', value: 'anna@example.org' },
      { identifier: 'customer_id', value: 'c1' },
    ]);
  }
}

export function ask(
  store: string,
  operation: ServiceCall['operation'],
  more: Partial<ServiceCall> = {},
) {
  return {
    ...{ store, operation, dsrId: 'dsr-1', taskId: store, attempt: 1, reason: 'dsr:x' },
    identities: [{ identifier: 'email', value: 'anna@example.org' }],
    ...more,
  } satisfies ServiceCall;
}
