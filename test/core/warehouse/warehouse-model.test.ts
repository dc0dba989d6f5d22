import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ServiceReply, Services } from '../../../lib/core/ports/services.ts';
import type { Warehouse } from '../../../lib/core/ports/warehouse.ts';
import { deleteForgotten } from '../../../lib/core/warehouse/erasure/delete-forgotten.ts';
import { sql } from '../../../lib/core/warehouse/sql/statement.ts';
import { warehouseCrosswalk } from '../../../lib/core/warehouse/warehouse-crosswalk.ts';
import { warehouseServices } from '../../../lib/core/warehouse/warehouse-services.ts';
import { warehouseTables } from '../../../lib/core/warehouse/warehouse-table.ts';
import {
  openMemoryWarehouse,
  type LocalWarehouse,
} from '../../../lib/local/warehouse/pglite-warehouse.ts';
import { makeTables, must, WAREHOUSE_MAP } from './warehouse-fixture.ts';

const DAY = 86_400_000;
let database: LocalWarehouse;
beforeAll(async () => {
  database = await openMemoryWarehouse();
});
afterAll(() => database.close());

/** Whoever is called dies at the n-th call from now: before it, or after it had its effect. */
class Crash extends Error {}

function mortal(inner: Warehouse) {
  let left = Infinity;
  let isAfter = false;
  const pass = async <T>(work: () => Promise<T>): Promise<T> => {
    left -= 1;
    if (left === 0 && !isAfter) throw new Crash();
    const answer = await work();
    if (left === 0) throw new Crash();
    return answer;
  };
  const warehouse: Warehouse = {
    dialect: inner.dialect,
    transact: (statements, token) => pass(() => inner.transact(statements, token)),
    query: (statement) => pass(() => inner.query(statement)),
    run: (statement) => pass(() => inner.run(statement)),
  };
  const dieAt = (call: number, after: boolean): void => {
    left = call === 0 ? Infinity : call;
    isAfter = after;
  };
  return { warehouse, dieAt };
}

interface Row {
  readonly person: string;
  flag: 'No' | 'Yes' | 'Restricted';
}

interface Request {
  readonly person: string;
  readonly kind: 'erase' | 'restrict';
  readonly deleteAfter: number;
  state: 'flagged' | 'deleted' | 'undone';
  /** Whether its keys are there. */
  isActive: boolean;
}

/** What must come of it, told without any SQL. */
class Model {
  rows: Row[] = [];
  readonly requests = new Map<string, Request>();

  hide(id: string, person: string, kind: Request['kind'], deleteAfter: number): void {
    if (this.requests.has(id)) return;
    const mine = this.rows.filter((row) => row.person === person);
    for (const row of mine) {
      if (kind === 'erase') row.flag = 'Yes';
      else if (row.flag === 'No') row.flag = 'Restricted';
    }
    const isActive = mine.length > 0;
    this.requests.set(id, { person, kind, deleteAfter, isActive, state: 'flagged' });
  }

  undo(id: string): void {
    const request = this.requests.get(id);
    if (request === undefined) {
      const never = { person: '', kind: 'erase', deleteAfter: 0, isActive: false } as const;
      this.requests.set(id, { ...never, state: 'undone' });
      return;
    }
    if (request.state !== 'flagged') return;
    request.state = 'undone';
    if (!request.isActive) return;
    request.isActive = false;
    const others = [...this.requests.values()].filter(
      ({ isActive, person }) => isActive && person === request.person,
    );
    if (others.some(({ kind }) => kind === 'erase')) return;
    for (const row of this.rows) {
      if (row.person !== request.person || row.flag === 'No') continue;
      row.flag = others.length > 0 ? 'Restricted' : 'No';
    }
  }

  pass(now: number): void {
    for (const request of this.requests.values()) {
      if (request.kind !== 'erase' || request.state !== 'flagged') continue;
      if (request.deleteAfter > now) continue;
      if (request.isActive) this.rows = this.rows.filter(({ person }) => person !== request.person);
      request.state = 'deleted';
      request.isActive = false;
    }
  }

  seen(): string[] {
    return this.rows.map(({ person, flag }) => `${person} ${flag}`).sort();
  }
}

const person = fc.constantFrom("o'hara", 'b";--', '表🙂');
const id = fc.constantFrom('r1', 'r2', 'r3', 'r4');
const step = fc.record({
  what: fc.oneof(
    fc.record({ do: fc.constantFrom('erase', 'restrict'), id, person }),
    fc.record({ do: fc.constant('undo'), id }),
    fc.record({ do: fc.constant('load'), person }),
    fc.record({ do: fc.constant('pass') }),
  ),
  days: fc.integer({ min: 0, max: 2 }),
  dieAt: fc.integer({ min: 0, max: 5 }),
  dieAfter: fc.boolean(),
});

it('whatever is asked, in whatever order, dying anywhere: the rows are as the model says', async () => {
  const ledger = {
    put: () => Promise.resolve(),
    remove: () => Promise.resolve(),
    expire: () => Promise.resolve(0),
    entries: async function* () {},
  };
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      await makeTables(database);
      let now = 0;
      const { warehouse, dieAt } = mortal(database);
      const services: Services = warehouseServices({
        ...{ warehouse, ledger, dataMap: WAREHOUSE_MAP, backupsKept: DAY },
        clock: { now: () => now },
        crosswalk: warehouseCrosswalk(warehouse, WAREHOUSE_MAP),
        schedule: { every: 0, undoWindow: 2 * DAY, margin: 0 },
        radius: { rows: 1_000, proportion: 1 },
        hashKey: Buffer.alloc(32),
        facts: () => Promise.resolve({}),
      });
      const model = new Model();
      const untilDone = async (work: (attempt: number) => Promise<unknown>): Promise<unknown> => {
        for (let attempt = 1; ; attempt++) {
          try {
            return await work(attempt);
          } catch (error) {
            if (!(error instanceof Crash)) throw error;
            dieAt(0, false);
          }
        }
      };
      const ask = (operation: 'erase' | 'restrict' | 'undo', dsrId: string, whose: string) =>
        untilDone((attempt) =>
          services.call({
            ...{ store: 'tickets-table', taskId: 'tickets-table', dsrId, operation, attempt },
            reason: 'x',
            identities: [{ identifier: 'customer_id', value: whose }],
          }),
        ) as Promise<ServiceReply>;
      for (const { what, days, dieAt: call, dieAfter } of steps) {
        now += days * DAY;
        if (what.do === 'load') {
          await must(database, [
            sql`INSERT INTO shop.tickets (customer_id, body) VALUES (${what.person}, 'x')`,
          ]);
          model.rows.push({ person: what.person, flag: 'No' });
          continue;
        }
        dieAt(call, dieAfter);
        if (what.do === 'pass') {
          const deps = {
            ...{ warehouse, tables: warehouseTables(WAREHOUSE_MAP, 'postgres') },
            radius: { rows: 1_000, proportion: 1 },
          };
          await untilDone((attempt) => deleteForgotten(deps, now, `run-${now}-${attempt}`));
          model.pass(now);
        } else if (what.do === 'undo') {
          await ask('undo', what.id, 'nobody');
          model.undo(what.id);
        } else {
          await ask(what.do, what.id, what.person);
          model.hide(what.id, what.person, what.do, now + 2 * DAY);
        }
        dieAt(0, false);
        const rows = await database.query(
          sql`SELECT customer_id, forgotten_flag FROM shop.tickets`,
        );
        const seen = rows.map(
          (row) => `${String(row['customer_id'])} ${String(row['forgotten_flag'])}`,
        );
        expect(seen.sort()).toEqual(model.seen());
      }
    }),
    { numRuns: 40 },
  );
});
