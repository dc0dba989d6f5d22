import { describe, expect, it } from 'vitest';
import { countDue } from '../../../lib/core/warehouse/erasure/delete-forgotten.ts';
import { vacuumTables } from '../../../lib/core/warehouse/erasure/clean-up.ts';
import { sql } from '../../../lib/core/warehouse/sql/statement.ts';
import { putGoldenRecord } from '../../../lib/core/warehouse/warehouse-crosswalk.ts';
import { addPerson, WAREHOUSE_MAP } from './warehouse-fixture.ts';
import { ANNA, ask, BACKUPS, DAY, START, WarehouseWorld } from './warehouse-world.ts';

const world = new WarehouseWorld();

describe('an erasure in the warehouse', () => {
  it('hides at once, keeps a way back, and deletes at the scheduled pass', async () => {
    const { services } = world.openServices();
    const reply = await services.call(ask('customers-table', 'erase'));
    expect(reply).toMatchObject({ kind: 'done', affected: 1 });
    const until = reply.kind === 'done' ? reply.undoableUntil! : 0;
    expect(until - START).toBeGreaterThanOrEqual(7 * DAY);
    expect(reply).toMatchObject({ backupsExpireAt: until + BACKUPS });
    expect(await world.rows('customers_pii')).toMatchObject([
      { customer_id: 'c1', forgotten_flag: 'Yes' },
      { customer_id: 'c2', forgotten_flag: 'No' },
    ]);
    expect(await world.pass()).toEqual({ kind: 'nothing-due' });
    world.now = until;
    expect(await countDue(world.warehouse, world.tables(), world.now)).toContainEqual({
      ...{ store: 'customers-table', due: 1, all: 2 },
    });
    expect(await world.pass('run-a')).toEqual({
      ...{ kind: 'deleted', runId: 'run-a' },
      tables: [{ store: 'customers-table', rows: 1 }],
    });
    expect(await world.rows('customers_pii')).toMatchObject([{ customer_id: 'c2' }]);
    expect(await world.pass('run-b')).toEqual({ kind: 'nothing-due' });
  });

  it('resolves the natural keys of other tables by the crosswalk, which goes with the rows', async () => {
    await world.goldenRecord();
    const { services } = world.openServices({ undoWindow: 0, dueAt: START });
    expect(await services.call(ask('tickets-table', 'erase'))).toMatchObject({
      ...{ kind: 'done', affected: 1, backupsExpireAt: START + BACKUPS },
    });
    expect(await world.rows('tickets')).toMatchObject([{ customer_id: 'c2' }]);
    expect(await world.warehouse.query(sql`SELECT * FROM lethe.crosswalk`)).toEqual([]);
  });

  it('records who, when, what, approver, due date and scheduled run, and nobody’s name', async () => {
    const { services } = world.openServices({ dueAt: START + 20 * DAY });
    await services.call(ask('customers-table', 'erase'));
    const [entry] = await world.warehouse.query(sql`SELECT * FROM lethe.erasure_audit`);
    expect(entry).toMatchObject({
      ...{ event: 'flagged', at: START, store: 'customers-table', row_count: 1 },
      ...{ requested_at: START - DAY, approver: 'officer-1', due_at: START + 20 * DAY },
      ...{ task_key: 'dsr-1/customers-table', scheduled_for: expect.any(Number) as number },
    });
    expect(JSON.stringify(entry)).not.toMatch(/anna|c1/i);
    expect(entry!['scheduled_for']).toBeLessThanOrEqual(START + 17 * DAY);
  });

  it('nulls, masks and pseudonymises where the row must stay, and shows it again', async () => {
    await world.goldenRecord();
    const { services } = world.openServices({ dueAt: START });
    const reply = await services.call(ask('orders-table', 'erase'));
    expect(reply).toMatchObject({ kind: 'done', affected: 2 });
    const [one, two] = (await world.rows('orders')).filter(({ customer_id: id }) => id !== 'c2');
    expect(one).toMatchObject({ email: null, ship_to: '***', amount: 10, forgotten_flag: 'No' });
    expect(one!['customer_id']).toMatch(/^p-[0-9a-f]{24}$/);
    expect(two!['customer_id']).toBe(one!['customer_id']);
    expect(await world.rows('orders')).toContainEqual(
      expect.objectContaining({ customer_id: 'c2', ship_to: 'Elm Street' }),
    );
  });

  it('keeps what the law keeps, and says so', async () => {
    const { services } = world.openServices();
    expect(await services.call(ask('invoices-table', 'erase'))).toEqual({
      ...{ kind: 'exempt', basis: 'GDPR Art. 17(3)(b), tax records' },
      keptUntil: START + 3650 * DAY,
    });
    expect(await world.rows('invoices')).toHaveLength(2);
    const identities = [{ identifier: 'customer_id', value: 'c1' }];
    expect(await services.lookUp('invoices-table', identities)).toEqual({
      ...{ kind: 'present', erasable: 0 },
    });
  });

  it('is done once, however often it is asked', async () => {
    const { services } = world.openServices();
    const first = await services.call(ask('customers-table', 'erase'));
    world.now += DAY;
    expect(await services.call(ask('customers-table', 'erase', { attempt: 2 }))).toEqual(first);
    expect(await world.warehouse.query(sql`SELECT 1 AS one FROM lethe.erasure_audit`)).toHaveLength(
      1,
    );
  });

  it('says that there is no data, and keeps no key then', async () => {
    const { services } = world.openServices();
    const identities = [{ identifier: 'email', value: 'nobody@example.org' }];
    expect(await services.call(ask('customers-table', 'erase', { identities }))).toEqual({
      kind: 'no-data',
    });
    expect(await world.warehouse.query(sql`SELECT * FROM lethe.forgotten`)).toEqual([]);
  });

  it('takes rows that were loaded after the flag', async () => {
    const { services } = world.openServices();
    await services.call(ask('customers-table', 'erase'));
    await addPerson(world.warehouse, { id: 'c9', email: 'ANNA@example.org', name: 'Anna again' });
    expect(
      await services.lookUp('customers-table', ask('customers-table', 'erase').identities),
    ).toEqual({
      ...{ kind: 'present', erasable: 1 },
    });
    world.now += 60 * DAY;
    expect(await world.pass()).toMatchObject({ tables: [{ rows: 2 }] });
    expect(await world.rows('customers_pii')).toMatchObject([{ customer_id: 'c2' }]);
  });

  it('is not believed once its pass is overdue', async () => {
    const { services } = world.openServices({ dueAt: START + 10 * DAY });
    await services.call(ask('customers-table', 'erase'));
    const { identities } = ask('customers-table', 'erase');
    expect(await services.lookUp('customers-table', identities)).toEqual({ kind: 'absent' });
    world.now = START + 10 * DAY;
    expect(await services.lookUp('customers-table', identities)).toEqual({
      ...{ kind: 'present', erasable: 1 },
    });
  });

  it('gives the space of the rows back', async () => {
    const done = await vacuumTables(world.warehouse, world.tables(), [
      { store: 'customers-table', rows: 1 },
      { store: 'orders-table', rows: 0 },
    ]);
    expect(done).toEqual(['customers-table']);
  });
});

describe('other requests', () => {
  it('gather what is there, and nothing forgotten', async () => {
    const { services } = world.openServices();
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
    const { services } = world.openServices();
    const corrections = { name: "O'Hara; DROP TABLE x --", forgotten_flag: 'Yes' };
    expect(await services.call(ask('customers-table', 'rectify', { corrections }))).toEqual({
      ...{ kind: 'done', affected: 1 },
    });
    expect(await world.rows('customers_pii')).toMatchObject([
      { name: corrections.name, forgotten_flag: 'No' },
      { name: 'Ben' },
    ]);
  });

  it('refuse a crosswalk that leads to several people', async () => {
    await world.goldenRecord();
    await putGoldenRecord(world.warehouse, WAREHOUSE_MAP, 'g2', [
      { identifier: 'email', value: 'anna@example.org' },
    ]);
    const { services } = world.openServices();
    expect(await services.call(ask('tickets-table', 'erase'))).toEqual({
      ...{ kind: 'failed', code: 'crosswalk-ambiguous', retryable: false },
    });
  });
});
