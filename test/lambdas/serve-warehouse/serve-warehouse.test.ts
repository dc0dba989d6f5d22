import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { serveStores } from '../../../lambdas/runtime/served-stores.ts';
import { tableStores } from '../../../lambdas/serve-warehouse/serve-warehouse.ts';
import { capabilitiesSchema, PROTOCOL } from '../../../lib/core/services/protocol.ts';
import type { DsrRequest } from '../../../lib/core/requests/model/request.ts';
import { requestFacts } from '../../../lib/core/warehouse/erasure/request-facts.ts';
import {
  openMemoryWarehouse,
  type LocalWarehouse,
} from '../../../lib/local/warehouse/pglite-warehouse.ts';
import { WAREHOUSE_MAP } from '../../core/warehouse/warehouse-fixture.ts';
import { openWorld, type WarehouseWorld } from '../warehouse-world.ts';

describe('the tables behind the service protocol', () => {
  let database: LocalWarehouse;
  let world: WarehouseWorld;
  beforeAll(async () => {
    database = await openMemoryWarehouse();
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    world = await openWorld(database);
  });

  const serve = (event: unknown, services = world.services) =>
    serveStores(event, {
      served: {
        name: 'warehouse',
        stores: tableStores(WAREHOUSE_MAP),
        taskSeconds: 780,
        services,
        clock: world.clock,
      },
      log: world.log,
    });
  const task = (store: string, operation: string, attempt = 1): object => ({
    method: 'POST',
    path: '/dsr/tasks',
    body: {
      ...{ protocol: PROTOCOL, dsrId: 'dsr-1', taskId: store, attempt, store, operation },
      identities: [{ identifier: 'email', value: 'anna@example.org' }],
      reason: `dsr:dsr-1/${store}#${attempt}`,
    },
  });

  it('says what it can do with each table of the data map', async () => {
    const { status, body } = await serve({ method: 'GET', path: '/dsr/capabilities' });
    expect(status).toBe(200);
    const { stores } = capabilitiesSchema.parse(body);
    expect(stores.map(({ name }) => name)).toEqual(Object.keys(WAREHOUSE_MAP.stores));
    expect(stores.every(({ operations }) => operations.includes('erase'))).toBe(true);
  });

  it('hides at once, is absent to a look-up, and gives back what can be given back', async () => {
    const erased = await serve(task('customers-table', 'erase'));
    expect(erased).toMatchObject({ status: 200, body: { status: 'done', affected: 1 } });
    expect((erased.body as { undoableUntil: string }).undoableUntil).toMatch(/^2026-.*Z$/);
    const look = {
      method: 'POST',
      path: '/dsr/lookup',
      body: {
        ...{ protocol: PROTOCOL, store: 'customers-table' },
        identities: [{ identifier: 'email', value: 'anna@example.org' }],
      },
    };
    expect(await serve(look)).toMatchObject({ status: 200, body: { erasable: 0 } });
    expect(await serve(task('customers-table', 'undo'))).toMatchObject({
      body: { status: 'done', affected: 1 },
    });
    expect(await serve(look)).toMatchObject({ body: { erasable: 1 } });
  });

  it('answers with the exemption where the law asks to keep a table', async () => {
    expect(await serve(task('invoices-table', 'erase'))).toMatchObject({
      body: { status: 'exempt', basis: 'GDPR Art. 17(3)(b), tax records' },
    });
  });

  it.each([undefined, 'text', {}, { method: 'DELETE', path: '/dsr/tasks' }])(
    'refuses %j as malformed',
    async (event) => {
      expect(await serve(event)).toEqual({ status: 400, body: { error: { code: 'malformed' } } });
    },
  );

  it('refuses a store that is no table of the data map', async () => {
    expect(await serve(task('customer-archive', 'erase'))).toMatchObject({ status: 400 });
  });

  it('answers a fault without telling what it was about', async () => {
    const call = () => Promise.reject(new Error('anna@example.org'));
    const answer = await serve(task('customers-table', 'erase'), { ...world.services, call });
    expect(answer).toEqual({ status: 500, body: { error: { code: 'fault' } } });
    expect(JSON.stringify(world.log.lines)).not.toContain('anna');
  });
});

describe('the facts of a request', () => {
  it('are its receipt, its due date, and who approved it last', async () => {
    const request = {
      receivedAt: 1,
      clock: { dueAt: 2 },
      approvals: [
        { by: 'officer-1', at: 1 },
        { by: 'officer-2', at: 2 },
      ],
    } as unknown as DsrRequest;
    const facts = requestFacts({
      load: (id) => Promise.resolve(id === 'dsr-1' ? request : undefined),
    });
    expect(await facts('dsr-1')).toEqual({ requestedAt: 1, dueAt: 2, approver: 'officer-2' });
    expect(await facts('dsr-2')).toEqual({});
  });
});
