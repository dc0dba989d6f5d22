import { describe, expect, it } from 'vitest';
import { deleteForgotten } from '../../../lib/core/warehouse/erasure/delete-forgotten.ts';
import { replayLedger } from '../../../lib/core/warehouse/erasure/replay-ledger.ts';
import { sql } from '../../../lib/core/warehouse/sql/statement.ts';
import { addPerson, makeTables, must } from './warehouse-fixture.ts';
import { ANNA, ask, BACKUPS, BEN, DAY, RADIUS, START, WarehouseWorld } from './warehouse-world.ts';

const world = new WarehouseWorld();

describe('an undo in the warehouse', () => {
  it('shows the rows again, and the pass leaves them', async () => {
    const { services, ledger } = world.openServices();
    await services.call(ask('customers-table', 'erase'));
    expect(await services.call(ask('customers-table', 'undo'))).toEqual({
      kind: 'done',
      affected: 1,
    });
    world.now += 60 * DAY;
    expect(await world.pass()).toEqual({ kind: 'nothing-due' });
    expect(await world.rows('customers_pii')).toMatchObject([
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
    const { services } = world.openServices();
    await services.call(ask('customers-table', 'erase'));
    await services.call(ask('customers-table', 'erase', { dsrId: 'dsr-2' }));
    await services.call(ask('customers-table', 'undo'));
    expect(await world.rows('customers_pii')).toMatchObject([{ forgotten_flag: 'Yes' }, {}]);
    world.now += 60 * DAY;
    expect(await world.pass()).toMatchObject({ kind: 'deleted', tables: [{ rows: 1 }] });
  });

  it('makes a restricted subject restricted again', async () => {
    const { services } = world.openServices();
    await services.call(ask('customers-table', 'restrict', { dsrId: 'dsr-0' }));
    expect(await world.rows('customers_pii')).toMatchObject([{ forgotten_flag: 'Restricted' }, {}]);
    await services.call(ask('customers-table', 'erase'));
    await services.call(ask('customers-table', 'undo'));
    expect(await world.rows('customers_pii')).toMatchObject([{ forgotten_flag: 'Restricted' }, {}]);
  });

  it('is refused once the rows are gone', async () => {
    const { services } = world.openServices({ dueAt: START });
    await services.call(ask('customers-table', 'erase'));
    expect(await services.call(ask('customers-table', 'undo'))).toEqual({
      ...{ kind: 'failed', code: 'undo-lapsed', retryable: false },
    });
  });

  it('that overtakes its erasure keeps it from happening', async () => {
    const { services } = world.openServices();
    expect(await services.call(ask('customers-table', 'undo'))).toEqual({ kind: 'no-data' });
    expect(await services.call(ask('customers-table', 'erase'))).toMatchObject({
      ...{ kind: 'failed', code: 'undone' },
    });
    expect(await world.rows('customers_pii')).toMatchObject([{ forgotten_flag: 'No' }, {}]);
  });
});

describe('the physical pass', () => {
  it('stops, and changes nothing, beyond its blast radius', async () => {
    const { services } = world.openServices();
    await services.call(ask('customers-table', 'erase'));
    world.now += 60 * DAY;
    const radius = { rows: 0, proportion: 0.4 };
    expect(
      await deleteForgotten(
        { warehouse: world.warehouse, tables: world.tables(), radius },
        world.now,
        'r',
      ),
    ).toEqual({
      ...{ kind: 'stopped', reason: 'blast-radius', stores: ['customers-table'] },
    });
    expect(await world.rows('customers_pii')).toHaveLength(2);
    const wider = { rows: 0, proportion: 0.5 };
    expect(
      await deleteForgotten(
        { warehouse: world.warehouse, tables: world.tables(), radius: wider },
        world.now,
        'r2',
      ),
    ).toMatchObject({ kind: 'deleted' });
  });

  it('rolls all of it back when one table fails, and does all of it when it can', async () => {
    await world.goldenRecord();
    const { services } = world.openServices();
    for (const store of ['tickets-table', 'customers-table'])
      await services.call(ask(store, 'erase'));
    world.now += 60 * DAY;
    await must(world.warehouse, [
      sql`CREATE TABLE shop.child (id TEXT)`,
      sql`ALTER TABLE shop.customers_pii ADD PRIMARY KEY (customer_id)`,
      sql`ALTER TABLE shop.child ADD FOREIGN KEY (id) REFERENCES shop.customers_pii (customer_id)`,
      sql`INSERT INTO shop.child VALUES ('c1')`,
    ]);
    expect(await world.pass('r1')).toEqual({ kind: 'failed', fault: 'value' });
    expect(await world.rows('tickets')).toHaveLength(2);
    await must(world.warehouse, [sql`DELETE FROM shop.child`]);
    expect(await world.pass('r2')).toMatchObject({
      tables: [
        { store: 'tickets-table', rows: 1 },
        { store: 'customers-table', rows: 1 },
      ],
    });
  });

  it('does nothing while a due table is not in the data map any more', async () => {
    const { services } = world.openServices();
    await services.call(ask('customers-table', 'erase'));
    world.now += 60 * DAY;
    const others = world.tables().filter(({ store }) => store !== 'customers-table');
    const deps = { warehouse: world.warehouse, tables: others, radius: RADIUS };
    expect(await deleteForgotten(deps, world.now, 'r')).toEqual({
      ...{ kind: 'failed', fault: 'no-such-object' },
    });
    expect(await world.pass()).toMatchObject({ kind: 'deleted' });
  });

  it('leaves rows that somebody flagged by hand', async () => {
    await must(world.warehouse, [sql`UPDATE shop.customers_pii SET forgotten_flag = 'Yes'`]);
    world.now += 60 * DAY;
    expect(await world.pass()).toEqual({ kind: 'nothing-due' });
    expect(await world.rows('customers_pii')).toHaveLength(2);
  });
});

describe('a restored warehouse', () => {
  it('forgets again whom it had forgotten, and hides again who was hidden', async () => {
    const { services, ledger } = world.openServices({ dueAt: START });
    await services.call(ask('customers-table', 'erase'));
    const later = world.openServices();
    const ben = [{ identifier: 'email', value: 'ben@example.org' }];
    await later.services.call(ask('customers-table', 'erase', { dsrId: 'dsr-2', identities: ben }));
    // A snapshot from before either request comes back.
    await makeTables(world.warehouse);
    for (const person of [ANNA, BEN]) await addPerson(world.warehouse, person);
    const both = {
      entries: async function* () {
        yield* ledger.entries();
        yield* later.ledger.entries();
      },
    };
    const deps = { warehouse: world.warehouse, tables: world.tables(), radius: RADIUS };
    expect(await replayLedger(deps, both, world.now, 'restore-1')).toMatchObject({
      ...{ kind: 'replayed', tasks: 2 },
      deletion: { kind: 'deleted', tables: [{ store: 'customers-table', rows: 1 }] },
    });
    expect(await world.rows('customers_pii')).toMatchObject([
      { customer_id: 'c2', forgotten_flag: 'Yes' },
    ]);
    expect(await replayLedger(deps, both, world.now, 'restore-2')).toMatchObject({ tasks: 0 });
  });

  it('is told nothing any more once no backup can hold the rows', async () => {
    const { services, ledger } = world.openServices({ dueAt: START });
    await services.call(ask('customers-table', 'erase'));
    expect(await ledger.expire(START + BACKUPS)).toBe(0);
    expect(await ledger.expire(START + BACKUPS + DAY)).toBe(1);
    for await (const entry of ledger.entries()) expect(entry).toBeUndefined();
  });
});
