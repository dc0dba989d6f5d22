import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ServiceCall } from '../../../lib/core/ports/services.ts';
import { countDue, deleteForgotten } from '../../../lib/core/warehouse/erasure/delete-forgotten.ts';
import { erasureLedger } from '../../../lib/core/warehouse/erasure/erasure-ledger.ts';
import { replayLedger } from '../../../lib/core/warehouse/erasure/replay-ledger.ts';
import { vacuumTables } from '../../../lib/core/warehouse/erasure/clean-up.ts';
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
import { addPerson, makeTables, must, WAREHOUSE_MAP } from './warehouse-fixture.ts';

const DAY = 86_400_000;
const START = Date.UTC(2026, 0, 10);
const BACKUPS = 29 * DAY;
const ANNA = { id: 'c1', email: 'Anna@Example.org ', name: 'Anna' };
const BEN = { id: 'c2', email: 'ben@example.org', name: 'Ben' };

let warehouse: LocalWarehouse;
let now = START;
const clock = { now: () => now };

beforeAll(async () => {
  warehouse = await openMemoryWarehouse();
});
afterAll(() => warehouse.close());
beforeEach(async () => {
  now = START;
  await makeTables(warehouse);
  await addPerson(warehouse, ANNA);
  await addPerson(warehouse, BEN);
});

function openServices(given: { undoWindow?: number; dueAt?: number } = {}) {
  const ledger = erasureLedger({
    objects: memoryObjectStore(clock),
    keys: new MemoryKeyVault(),
    random: { bytes: (count) => randomBytes(count) },
  });
  const services = warehouseServices({
    ...{ warehouse, clock, ledger, backupsKept: BACKUPS },
    dataMap: WAREHOUSE_MAP,
    crosswalk: warehouseCrosswalk(warehouse, WAREHOUSE_MAP),
    schedule: { every: 28 * DAY, undoWindow: given.undoWindow ?? 7 * DAY, margin: 3 * DAY },
    radius: { rows: 1_000, proportion: 0.1 },
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

function ask(store: string, operation: ServiceCall['operation'], more: Partial<ServiceCall> = {}) {
  return {
    ...{ store, operation, dsrId: 'dsr-1', taskId: store, attempt: 1, reason: 'dsr:x' },
    identities: [{ identifier: 'email', value: 'anna@example.org' }],
    ...more,
  } satisfies ServiceCall;
}

const tables = () => warehouseTables(WAREHOUSE_MAP, 'postgres');
const pass = (runId = `run-${now}`) =>
  deleteForgotten(
    { warehouse, tables: tables(), radius: { rows: 1_000, proportion: 0.1 } },
    now,
    runId,
  );
const rows = (table: 'customers_pii' | 'orders' | 'tickets' | 'invoices') =>
  warehouse.query(
    {
      customers_pii: sql`SELECT * FROM shop.customers_pii ORDER BY customer_id`,
      orders: sql`SELECT * FROM shop.orders ORDER BY order_id, customer_id`,
      tickets: sql`SELECT * FROM shop.tickets ORDER BY customer_id`,
      invoices: sql`SELECT * FROM shop.invoices ORDER BY customer_id`,
    }[table],
  );
const goldenRecord = () =>
  putGoldenRecord(warehouse, WAREHOUSE_MAP, 'g1', [
    { identifier: 'email', value: 'anna@example.org' },
    { identifier: 'customer_id', value: 'c1' },
  ]);

describe('an erasure in the warehouse', () => {
  it('hides at once, keeps a way back, and deletes at the scheduled pass', async () => {
    const { services } = openServices();
    const reply = await services.call(ask('customers-table', 'erase'));
    expect(reply).toMatchObject({ kind: 'done', affected: 1 });
    const until = reply.kind === 'done' ? reply.undoableUntil! : 0;
    expect(until - START).toBeGreaterThanOrEqual(7 * DAY);
    expect(reply).toMatchObject({ backupsExpireAt: until + BACKUPS });
    expect(await rows('customers_pii')).toMatchObject([
      { customer_id: 'c1', forgotten_flag: 'Yes' },
      { customer_id: 'c2', forgotten_flag: 'No' },
    ]);
    expect(await pass()).toEqual({ kind: 'nothing-due' });
    now = until;
    expect(await countDue(warehouse, tables(), now)).toContainEqual({
      ...{ store: 'customers-table', due: 1, all: 2 },
    });
    expect(await pass('run-a')).toEqual({
      ...{ kind: 'deleted', runId: 'run-a' },
      tables: [{ store: 'customers-table', rows: 1 }],
    });
    expect(await rows('customers_pii')).toMatchObject([{ customer_id: 'c2' }]);
    expect(await pass('run-b')).toEqual({ kind: 'nothing-due' });
  });

  it('resolves the natural keys of other tables by the crosswalk, which goes with the rows', async () => {
    await goldenRecord();
    const { services } = openServices({ undoWindow: 0, dueAt: START });
    expect(await services.call(ask('tickets-table', 'erase'))).toMatchObject({
      ...{ kind: 'done', affected: 1, backupsExpireAt: START + BACKUPS },
    });
    expect(await rows('tickets')).toMatchObject([{ customer_id: 'c2' }]);
    expect(await warehouse.query(sql`SELECT * FROM lethe.crosswalk`)).toEqual([]);
  });

  it('records who, when, what, approver, due date and scheduled run, and nobody’s name', async () => {
    const { services } = openServices({ dueAt: START + 20 * DAY });
    await services.call(ask('customers-table', 'erase'));
    const [entry] = await warehouse.query(sql`SELECT * FROM lethe.erasure_audit`);
    expect(entry).toMatchObject({
      ...{ event: 'flagged', at: START, store: 'customers-table', row_count: 1 },
      ...{ requested_at: START - DAY, approver: 'officer-1', due_at: START + 20 * DAY },
      ...{ task_key: 'dsr-1/customers-table', scheduled_for: expect.any(Number) as number },
    });
    expect(JSON.stringify(entry)).not.toMatch(/anna|c1/i);
    expect(entry!['scheduled_for']).toBeLessThanOrEqual(START + 17 * DAY);
  });

  it('nulls, masks and pseudonymises where the row must stay, and shows it again', async () => {
    await goldenRecord();
    const { services } = openServices({ dueAt: START });
    const reply = await services.call(ask('orders-table', 'erase'));
    expect(reply).toMatchObject({ kind: 'done', affected: 2 });
    const [one, two] = (await rows('orders')).filter(({ customer_id: id }) => id !== 'c2');
    expect(one).toMatchObject({ email: null, ship_to: '***', amount: 10, forgotten_flag: 'No' });
    expect(one!['customer_id']).toMatch(/^p-[0-9a-f]{24}$/);
    expect(two!['customer_id']).toBe(one!['customer_id']);
    expect(await rows('orders')).toContainEqual(
      expect.objectContaining({ customer_id: 'c2', ship_to: 'Elm Street' }),
    );
  });

  it('keeps what the law keeps, and says so', async () => {
    const { services } = openServices();
    expect(await services.call(ask('invoices-table', 'erase'))).toEqual({
      ...{ kind: 'exempt', basis: 'GDPR Art. 17(3)(b), tax records' },
      keptUntil: START + 3650 * DAY,
    });
    expect(await rows('invoices')).toHaveLength(2);
    const identities = [{ identifier: 'customer_id', value: 'c1' }];
    expect(await services.lookUp('invoices-table', identities)).toEqual({
      ...{ kind: 'present', erasable: 0 },
    });
  });

  it('is done once, however often it is asked', async () => {
    const { services } = openServices();
    const first = await services.call(ask('customers-table', 'erase'));
    now += DAY;
    expect(await services.call(ask('customers-table', 'erase', { attempt: 2 }))).toEqual(first);
    expect(await warehouse.query(sql`SELECT 1 AS one FROM lethe.erasure_audit`)).toHaveLength(1);
  });

  it('says that there is no data, and keeps no key then', async () => {
    const { services } = openServices();
    const identities = [{ identifier: 'email', value: 'nobody@example.org' }];
    expect(await services.call(ask('customers-table', 'erase', { identities }))).toEqual({
      kind: 'no-data',
    });
    expect(await warehouse.query(sql`SELECT * FROM lethe.forgotten`)).toEqual([]);
  });

  it('takes rows that were loaded after the flag', async () => {
    const { services } = openServices();
    await services.call(ask('customers-table', 'erase'));
    await addPerson(warehouse, { id: 'c9', email: 'ANNA@example.org', name: 'Anna again' });
    expect(
      await services.lookUp('customers-table', ask('customers-table', 'erase').identities),
    ).toEqual({
      ...{ kind: 'present', erasable: 1 },
    });
    now += 60 * DAY;
    expect(await pass()).toMatchObject({ tables: [{ rows: 2 }] });
    expect(await rows('customers_pii')).toMatchObject([{ customer_id: 'c2' }]);
  });

  it('is not believed once its pass is overdue', async () => {
    const { services } = openServices({ dueAt: START + 10 * DAY });
    await services.call(ask('customers-table', 'erase'));
    const { identities } = ask('customers-table', 'erase');
    expect(await services.lookUp('customers-table', identities)).toEqual({ kind: 'absent' });
    now = START + 10 * DAY;
    expect(await services.lookUp('customers-table', identities)).toEqual({
      ...{ kind: 'present', erasable: 1 },
    });
  });

  it('gives the space of the rows back', async () => {
    const done = await vacuumTables(warehouse, tables(), [
      { store: 'customers-table', rows: 1 },
      { store: 'orders-table', rows: 0 },
    ]);
    expect(done).toEqual(['customers-table']);
  });
});

describe('an undo in the warehouse', () => {
  it('shows the rows again, and the pass leaves them', async () => {
    const { services, ledger } = openServices();
    await services.call(ask('customers-table', 'erase'));
    expect(await services.call(ask('customers-table', 'undo'))).toEqual({
      kind: 'done',
      affected: 1,
    });
    now += 60 * DAY;
    expect(await pass()).toEqual({ kind: 'nothing-due' });
    expect(await rows('customers_pii')).toMatchObject([
      { forgotten_flag: 'No' },
      { forgotten_flag: 'No' },
    ]);
    const left = [];
    for await (const entry of ledger.entries()) left.push(entry);
    expect(left).toEqual([]);
    expect(await services.call(ask('customers-table', 'undo', { attempt: 2 }))).toMatchObject({
      kind: 'done',
    });
  });

  it('leaves rows hidden that another request wants gone too', async () => {
    const { services } = openServices();
    await services.call(ask('customers-table', 'erase'));
    await services.call(ask('customers-table', 'erase', { dsrId: 'dsr-2' }));
    await services.call(ask('customers-table', 'undo'));
    expect(await rows('customers_pii')).toMatchObject([{ forgotten_flag: 'Yes' }, {}]);
    now += 60 * DAY;
    expect(await pass()).toMatchObject({ kind: 'deleted', tables: [{ rows: 1 }] });
  });

  it('makes a restricted subject restricted again', async () => {
    const { services } = openServices();
    await services.call(ask('customers-table', 'restrict', { dsrId: 'dsr-0' }));
    expect(await rows('customers_pii')).toMatchObject([{ forgotten_flag: 'Restricted' }, {}]);
    await services.call(ask('customers-table', 'erase'));
    await services.call(ask('customers-table', 'undo'));
    expect(await rows('customers_pii')).toMatchObject([{ forgotten_flag: 'Restricted' }, {}]);
  });

  it('is refused once the rows are gone', async () => {
    const { services } = openServices({ dueAt: START });
    await services.call(ask('customers-table', 'erase'));
    expect(await services.call(ask('customers-table', 'undo'))).toEqual({
      ...{ kind: 'failed', code: 'undo-lapsed', retryable: false },
    });
  });

  it('that overtakes its erasure keeps it from happening', async () => {
    const { services } = openServices();
    expect(await services.call(ask('customers-table', 'undo'))).toEqual({ kind: 'no-data' });
    expect(await services.call(ask('customers-table', 'erase'))).toMatchObject({
      ...{ kind: 'failed', code: 'undone' },
    });
    expect(await rows('customers_pii')).toMatchObject([{ forgotten_flag: 'No' }, {}]);
  });
});

describe('the physical pass', () => {
  it('stops, and changes nothing, beyond its blast radius', async () => {
    const { services } = openServices();
    await services.call(ask('customers-table', 'erase'));
    now += 60 * DAY;
    const radius = { rows: 0, proportion: 0.4 };
    expect(await deleteForgotten({ warehouse, tables: tables(), radius }, now, 'r')).toEqual({
      ...{ kind: 'stopped', reason: 'blast-radius', stores: ['customers-table'] },
    });
    expect(await rows('customers_pii')).toHaveLength(2);
    const wider = { rows: 0, proportion: 0.5 };
    expect(
      await deleteForgotten({ warehouse, tables: tables(), radius: wider }, now, 'r2'),
    ).toMatchObject({ kind: 'deleted' });
  });

  it('rolls all of it back when one table fails, and does all of it when it can', async () => {
    await goldenRecord();
    const { services } = openServices();
    for (const store of ['tickets-table', 'customers-table'])
      await services.call(ask(store, 'erase'));
    now += 60 * DAY;
    await must(warehouse, [
      sql`CREATE TABLE shop.child (id TEXT)`,
      sql`ALTER TABLE shop.customers_pii ADD PRIMARY KEY (customer_id)`,
      sql`ALTER TABLE shop.child ADD FOREIGN KEY (id) REFERENCES shop.customers_pii (customer_id)`,
      sql`INSERT INTO shop.child VALUES ('c1')`,
    ]);
    expect(await pass('r1')).toEqual({ kind: 'failed', fault: 'value' });
    expect(await rows('tickets')).toHaveLength(2);
    await must(warehouse, [sql`DELETE FROM shop.child`]);
    expect(await pass('r2')).toMatchObject({
      tables: [
        { store: 'tickets-table', rows: 1 },
        { store: 'customers-table', rows: 1 },
      ],
    });
  });

  it('does nothing while a due table is not in the data map any more', async () => {
    const { services } = openServices();
    await services.call(ask('customers-table', 'erase'));
    now += 60 * DAY;
    const others = tables().filter(({ store }) => store !== 'customers-table');
    const deps = { warehouse, tables: others, radius: { rows: 1_000, proportion: 0.1 } };
    expect(await deleteForgotten(deps, now, 'r')).toEqual({
      ...{ kind: 'failed', fault: 'no-such-object' },
    });
    expect(await pass()).toMatchObject({ kind: 'deleted' });
  });

  it('leaves rows that somebody flagged by hand', async () => {
    await must(warehouse, [sql`UPDATE shop.customers_pii SET forgotten_flag = 'Yes'`]);
    now += 60 * DAY;
    expect(await pass()).toEqual({ kind: 'nothing-due' });
    expect(await rows('customers_pii')).toHaveLength(2);
  });
});

describe('a restored warehouse', () => {
  it('forgets again whom it had forgotten, and hides again who was hidden', async () => {
    const { services, ledger } = openServices({ dueAt: START });
    await services.call(ask('customers-table', 'erase'));
    const later = openServices();
    const ben = [{ identifier: 'email', value: 'ben@example.org' }];
    await later.services.call(ask('customers-table', 'erase', { dsrId: 'dsr-2', identities: ben }));
    // A snapshot from before either request comes back.
    await makeTables(warehouse);
    for (const person of [ANNA, BEN]) await addPerson(warehouse, person);
    const both = {
      entries: async function* () {
        yield* ledger.entries();
        yield* later.ledger.entries();
      },
    };
    const deps = { warehouse, tables: tables(), radius: { rows: 1_000, proportion: 0.1 } };
    expect(await replayLedger(deps, both, now, 'restore-1')).toMatchObject({
      ...{ kind: 'replayed', tasks: 2 },
      deletion: { kind: 'deleted', tables: [{ store: 'customers-table', rows: 1 }] },
    });
    expect(await rows('customers_pii')).toMatchObject([
      { customer_id: 'c2', forgotten_flag: 'Yes' },
    ]);
    expect(await replayLedger(deps, both, now, 'restore-2')).toMatchObject({ tasks: 0 });
  });

  it('is told nothing any more once no backup can hold the rows', async () => {
    const { services, ledger } = openServices({ dueAt: START });
    await services.call(ask('customers-table', 'erase'));
    expect(await ledger.expire(START + BACKUPS)).toBe(0);
    expect(await ledger.expire(START + BACKUPS + DAY)).toBe(1);
    for await (const entry of ledger.entries()) expect(entry).toBeUndefined();
  });
});

describe('other requests', () => {
  it('gather what is there, and nothing forgotten', async () => {
    const { services } = openServices();
    expect(await services.call(ask('customers-table', 'gather'))).toEqual({
      ...{ kind: 'done', affected: 1 },
      data: {
        kind: 'inline',
        records: [{ name: 'Anna', email: ANNA.email, customer_id: 'c1' }],
      },
    });
    await services.call(ask('customers-table', 'erase'));
    expect(await services.call(ask('customers-table', 'gather'))).toEqual({ kind: 'no-data' });
  });

  it('rectify the columns that the data map knows', async () => {
    const { services } = openServices();
    const corrections = { name: "O'Hara; DROP TABLE x --", forgotten_flag: 'Yes' };
    expect(await services.call(ask('customers-table', 'rectify', { corrections }))).toEqual({
      ...{ kind: 'done', affected: 1 },
    });
    expect(await rows('customers_pii')).toMatchObject([
      { name: corrections.name, forgotten_flag: 'No' },
      { name: 'Ben' },
    ]);
  });

  it('refuse a crosswalk that leads to several people', async () => {
    await goldenRecord();
    await putGoldenRecord(warehouse, WAREHOUSE_MAP, 'g2', [
      { identifier: 'email', value: 'anna@example.org' },
    ]);
    const { services } = openServices();
    expect(await services.call(ask('tickets-table', 'erase'))).toEqual({
      ...{ kind: 'failed', code: 'crosswalk-ambiguous', retryable: false },
    });
  });
});
