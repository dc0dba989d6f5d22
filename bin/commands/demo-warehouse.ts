import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Clock } from '../../lib/core/ports/clock.ts';
import type { SqlStatement, Warehouse } from '../../lib/core/ports/warehouse.ts';
import { readCatalogue } from '../../lib/core/warehouse/discovery/catalogue.ts';
import { vacuumTables } from '../../lib/core/warehouse/erasure/clean-up.ts';
import {
  DEFAULT_RADIUS,
  deleteForgotten,
} from '../../lib/core/warehouse/erasure/delete-forgotten.ts';
import { erasureLedger } from '../../lib/core/warehouse/erasure/erasure-ledger.ts';
import { DEFAULT_SCHEDULE } from '../../lib/core/warehouse/erasure/schedule.ts';
import { applyMigrations } from '../../lib/core/warehouse/migrations/apply-migrations.ts';
import { planMigrations } from '../../lib/core/warehouse/migrations/plan-migrations.ts';
import { LONGEST_RETENTION } from '../../lib/core/warehouse/snapshots/purge-snapshot.ts';
import { sql } from '../../lib/core/warehouse/sql/statement.ts';
import { warehouseCrosswalk } from '../../lib/core/warehouse/warehouse-crosswalk.ts';
import { warehouseServices } from '../../lib/core/warehouse/warehouse-services.ts';
import { warehouseTables } from '../../lib/core/warehouse/warehouse-table.ts';
import { openFileKeyVault } from '../../lib/local/file-key-vault.ts';
import { openFileObjectStore } from '../../lib/local/file-object-store.ts';
import { openPgliteWarehouse } from '../../lib/local/warehouse/pglite-warehouse.ts';
import { makeWarehouse, WAREHOUSE_TABLES, type WarehousePerson } from './demo-warehouse-tables.ts';

const DAY = 24 * 60 * 60 * 1_000;

/** One table, as the demonstration followed it. Counts of the person's rows. */
interface WarehouseTableReport {
  readonly store: string;
  readonly before: number;
  /** What the erasure answered. */
  readonly outcome: string;
  /** Rows that an analyst still saw once the erasure had answered. */
  readonly seenWhenFlagged: number;
  /** Rows that were still there, hidden, until the pass. */
  readonly heldWhenFlagged: number;
  /** Rows that name the person after the pass. */
  readonly after: number;
  readonly isExempt: boolean;
}

export interface WarehouseReport {
  readonly tables: readonly WarehouseTableReport[];
  /** Days until the pass deletes for good; until then it can be undone. */
  readonly days: number;
  /** Rows of others, before and after: none may be missing. */
  readonly others: readonly [before: number, after: number];
  readonly passed: boolean;
}

class DemoWarehouseError extends Error {
  override readonly name = 'DemoWarehouseError';
}

/**
 * The warehouse in small: prepared by the same migrations, one person flagged and hidden, and, as if
 * the days until the next pass had gone by, deleted and looked for.
 */
export async function followWarehouse(
  directory: string,
  person: WarehousePerson,
  clock: Clock,
): Promise<WarehouseReport> {
  const warehouse = await openPgliteWarehouse(join(directory, 'warehouse'));
  try {
    await must(warehouse, makeWarehouse(person));
    await prepare(warehouse);
    return await forget(directory, warehouse, person, clock);
  } finally {
    await warehouse.close();
  }
}

async function prepare(warehouse: Warehouse): Promise<void> {
  const plan = planMigrations(WAREHOUSE_TABLES, await readCatalogue(warehouse), warehouse.dialect);
  if (plan.kind === 'refused') throw new DemoWarehouseError(plan.faults.join('; '));
  const applied = await applyMigrations(warehouse, plan.migrations, randomUUID(), () => undefined);
  if (applied.kind === 'stopped')
    throw new DemoWarehouseError(`${applied.title}: ${applied.fault}`);
  await must(warehouse, [
    sql`GRANT USAGE ON SCHEMA shop TO analyst`,
    sql`GRANT SELECT ON ALL TABLES IN SCHEMA shop TO analyst`,
  ]);
}

async function forget(
  directory: string,
  warehouse: Warehouse,
  person: WarehousePerson,
  clock: Clock,
): Promise<WarehouseReport> {
  const state = join(directory, 'warehouse');
  let shift = 0;
  const later = { now: () => clock.now() + shift };
  const services = warehouseServices({
    ...{ warehouse, clock: later, dataMap: WAREHOUSE_TABLES, radius: DEFAULT_RADIUS },
    crosswalk: warehouseCrosswalk(warehouse, WAREHOUSE_TABLES),
    ledger: erasureLedger({
      objects: await openFileObjectStore({ directory: join(state, 'ledger'), clock }),
      keys: await openFileKeyVault(join(state, 'keys')),
      random: { bytes: (count) => randomBytes(count) },
    }),
    schedule: DEFAULT_SCHEDULE,
    hashKey: randomBytes(32),
    facts: () => Promise.resolve({ requestedAt: clock.now() }),
    backupsKept: LONGEST_RETENTION * DAY,
  });
  const tables = warehouseTables(WAREHOUSE_TABLES, warehouse.dialect);
  const identities = [
    { identifier: 'email', value: person.email },
    { identifier: 'customer_id', value: person.customerId },
  ];
  const countOf = async (store: string): Promise<number> => {
    const { name, keys } = tables.find((table) => table.store === store)!;
    const [byNumber] = keys.filter(({ identifier }) => identifier === 'customer_id');
    const [row] = await warehouse.query(
      sql`SELECT COUNT(*) AS n FROM ${name} WHERE ${byNumber!.value} = ${person.customerId}`,
    );
    return Number(row?.['n']);
  };
  const others = async (): Promise<number> => {
    let rows = 0;
    for (const { name } of tables) {
      const [row] = await warehouse.query(
        sql`SELECT COUNT(*) AS n FROM ${name} WHERE customer_id LIKE 'X-%'`,
      );
      rows += Number(row?.['n']);
    }
    return rows;
  };

  const othersBefore = await others();
  const dsrId = randomUUID();
  let undoableUntil = 0;
  const reports: Omit<WarehouseTableReport, 'after'>[] = [];
  for (const { store, isExempt } of tables) {
    const before = await countOf(store);
    const reply = await services.call({
      ...{ store, operation: 'erase', dsrId, taskId: store, attempt: 1, identities },
      reason: `dsr:${dsrId}/${store}#1`,
    });
    if (reply.kind === 'done') undoableUntil = Math.max(undoableUntil, reply.undoableUntil ?? 0);
    const heldWhenFlagged = await countOf(store);
    // What everybody else sees: the policy lets flagged rows through to nobody.
    await warehouse.run(sql`SET ROLE analyst`);
    const seenWhenFlagged = await countOf(store).finally(() => warehouse.run(sql`RESET ROLE`));
    const outcome = reply.kind === 'failed' ? `failed: ${reply.code}` : reply.kind;
    reports.push({ store, before, outcome, seenWhenFlagged, heldWhenFlagged, isExempt });
  }

  shift = undoableUntil - clock.now() + 1;
  const pass = { warehouse, tables, radius: DEFAULT_RADIUS };
  const deleted = await deleteForgotten(pass, later.now(), `demo-${dsrId}`.slice(0, 40));
  if (deleted.kind === 'deleted') await vacuumTables(warehouse, tables, deleted.tables);
  const followed: WarehouseTableReport[] = [];
  for (const report of reports) followed.push({ ...report, after: await countOf(report.store) });
  const othersAfter = await others();
  const isRight = ({
    before,
    seenWhenFlagged,
    heldWhenFlagged,
    after,
    isExempt,
  }: WarehouseTableReport) =>
    before > 0 &&
    heldWhenFlagged === before &&
    (isExempt ? seenWhenFlagged === before && after === before : seenWhenFlagged + after === 0);
  return {
    tables: followed,
    days: Math.round((undoableUntil - clock.now()) / DAY),
    others: [othersBefore, othersAfter],
    passed: deleted.kind === 'deleted' && othersBefore === othersAfter && followed.every(isRight),
  };
}

async function must(warehouse: Warehouse, statements: readonly SqlStatement[]): Promise<void> {
  const outcome = await warehouse.transact(statements, randomUUID());
  if (outcome.kind !== 'committed') {
    throw new DemoWarehouseError(`statement ${outcome.at ?? '?'}: ${outcome.fault}`);
  }
}
