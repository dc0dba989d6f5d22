import { randomUUID } from 'node:crypto';
import type { SqlStatement, Warehouse } from '../../lib/core/ports/warehouse.ts';
import type { Receipt } from '../../lib/core/receipts/receipt.ts';
import type { TaskState } from '../../lib/core/requests/model/task.ts';
import { sql } from '../../lib/core/warehouse/sql/statement.ts';
import { warehouseTables, type WarehouseTable } from '../../lib/core/warehouse/warehouse-table.ts';
import { dataMap } from '../../lib/data-map.ts';
import { ANALYST_ROLE, warehouseRows } from '../../lib/sample-services/sample-warehouse.ts';
import type { SamplePerson } from '../../lib/sample-services/seed-people.ts';
import type { LocalServer } from './serve-open.ts';

const DAY = 24 * 60 * 60 * 1_000;

/** One table, as the demonstration followed it. Counts of the person's rows. */
interface WarehouseTableReport {
  readonly store: string;
  /** As the receipt has it. */
  readonly outcome: TaskState;
  readonly before: number;
  /** Rows that an analyst still saw once the erasure had answered. */
  readonly seenWhenFlagged: number;
  /** Rows that were still there, hidden, until the pass. */
  readonly heldWhenFlagged: number;
  /** Whether the engine's own look found the person once flagged. */
  readonly lookUpWhenFlagged: 'absent' | 'present' | 'failed';
  /** Rows that name the person after the pass. */
  readonly after: number;
  readonly isExempt: boolean;
}

export interface WarehouseReport {
  readonly tables: readonly WarehouseTableReport[];
  /** Days until the pass would have deleted for good; until then it could be undone. */
  readonly days: number;
  /** Rows of others, before and after: none may be missing. */
  readonly others: readonly [before: number, after: number];
  readonly passed: boolean;
}

/** The demonstration's warehouse with rows of the person who will ask to be forgotten. */
export interface FollowedWarehouse {
  /** Once the erasure has its receipt: how things stand, and what the pass makes of them. */
  conclude(receipt: Receipt): Promise<WarehouseReport>;
}

class DemoWarehouseError extends Error {
  override readonly name = 'DemoWarehouseError';
}

/** Puts the person into the warehouse, as a load from the services would, and counts. */
export async function enterWarehouse(
  { storage, target }: LocalServer,
  person: SamplePerson,
): Promise<FollowedWarehouse> {
  const state = await storage.warehouse?.own.look();
  const local = target.warehouse;
  if (state?.kind !== 'ready' || local === undefined) {
    const lacks = state?.kind === 'unprepared' ? `: ${state.lacks.join('; ')}` : '';
    throw new DemoWarehouseError(
      `the warehouse in this folder is not as the data map wants it${lacks}; choose another --directory`,
    );
  }
  const { warehouse } = state;
  const tables = warehouseTables(dataMap, warehouse.dialect);
  await must(warehouse, warehouseRows([person]));
  const before = await countRows(warehouse, tables, person);
  const othersBefore = await countOthers(warehouse, tables, person);
  return {
    conclude: async ({ dsrId, stores }) => {
      const held = await countRows(warehouse, tables, person);
      const seen = await countRows(warehouse, tables, person, sql`SET LOCAL ROLE ${ANALYST_ROLE}`);
      const identities = [{ identifier: 'customer_id', value: person.customerId }];
      const looks: WarehouseTableReport['lookUpWhenFlagged'][] = [];
      for (const { store } of tables) {
        looks.push((await target.deps.services.lookUp(store, identities)).kind);
      }
      const until = stores.map(({ undoableUntil }) => Date.parse(undoableUntil ?? '0'));
      await bringForward(warehouse, dsrId);
      const passed = await local.pass();
      const after = await countRows(warehouse, tables, person);
      const followed = tables.map(({ store, isExempt }, at): WarehouseTableReport => {
        const outcome = stores.find((one) => one.store === store)?.outcome ?? 'BLOCKED';
        return {
          ...{ store, outcome, isExempt, before: before[at]!, after: after[at]! },
          ...{ seenWhenFlagged: seen[at]!, heldWhenFlagged: held[at]! },
          lookUpWhenFlagged: looks[at]!,
        };
      });
      const others = [othersBefore, await countOthers(warehouse, tables, person)] as const;
      return {
        tables: followed,
        days: Math.round((Math.max(...until) - Date.now()) / DAY),
        others,
        passed: passed?.kind === 'deleted' && others[0] === others[1] && followed.every(isRight),
      };
    },
  };
}

function isRight(report: WarehouseTableReport): boolean {
  const { before, seenWhenFlagged, heldWhenFlagged, lookUpWhenFlagged, after, isExempt } = report;
  if (before === 0 || heldWhenFlagged !== before) return false;
  if (isExempt) return seenWhenFlagged === before && after === before;
  return seenWhenFlagged + after === 0 && lookUpWhenFlagged === 'absent';
}

/** As if the days had gone by for this request alone: others' rows in this folder keep their time. */
async function bringForward(warehouse: Warehouse, dsrId: string): Promise<void> {
  const mine = sql`task_key LIKE ${`${dsrId}/%`} AND kind = 'erase'`;
  const now = Date.now();
  await must(warehouse, [
    sql`UPDATE lethe.forgotten SET delete_after = ${now} WHERE ${mine}`,
    sql`UPDATE lethe.erasures SET delete_after = ${now} WHERE ${mine}`,
  ]);
}

/** The person's rows of each table, counted in one transaction under the role that `as` takes on. */
async function countRows(
  warehouse: Warehouse,
  tables: readonly WarehouseTable[],
  { customerId }: SamplePerson,
  as: SqlStatement = sql`SET LOCAL ROLE NONE`,
): Promise<readonly number[]> {
  const counts = await must(warehouse, [
    as,
    ...tables.map(({ name }) => sql`SELECT 1 FROM ${name} WHERE customer_id = ${customerId}`),
  ]);
  return counts.slice(1);
}

/** Orders of the erased stay as somebody's, for the sums, and are no others'. */
async function countOthers(
  warehouse: Warehouse,
  tables: readonly WarehouseTable[],
  { customerId }: SamplePerson,
): Promise<number> {
  const counts = await must(
    warehouse,
    tables.map(
      ({ name }) =>
        sql`SELECT 1 FROM ${name} WHERE customer_id LIKE 'C-%' AND customer_id <> ${customerId}`,
    ),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

async function must(
  warehouse: Warehouse,
  statements: readonly SqlStatement[],
): Promise<readonly number[]> {
  const outcome = await warehouse.transact(statements, randomUUID());
  if (outcome.kind === 'committed') return outcome.counts;
  throw new DemoWarehouseError(`statement ${outcome.at ?? '?'}: ${outcome.fault}`);
}
