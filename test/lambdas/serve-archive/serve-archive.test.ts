import { beforeEach, describe, expect, it } from 'vitest';
import { deliveredArchive } from '../../../lambdas/runtime/archive-places.ts';
import { serveStores } from '../../../lambdas/runtime/served-stores.ts';
import { servedArchive } from '../../../lambdas/serve-archive/serve-archive.ts';
import { servedArchive as steered } from '../../../lambdas/steer-run/archive.ts';
import { serveOrders } from '../../../lib/core/erasure/run/serve-orders.ts';
import type { ErasureOrders } from '../../../lib/core/ports/erasure-orders.ts';
import { PROTOCOL, taskReplySchema } from '../../../lib/core/services/protocol.ts';
import { dataMap } from '../../../lib/data-map.ts';
import { openWorld, put, textOf, type World } from '../../core/erasure/run/run-world.ts';
import { memoryArchiveNotes } from '../../fakes/memory-archive-notes.ts';
import { memoryObjectStore, type MemoryObjectStore } from '../../fakes/memory-object-store.ts';
import { memoryErasureOrders } from '../../fakes/memory-run-store.ts';
import { recordingLog } from '../../fakes/recording-log.ts';

const CANARY = '807831104';
const STORE = 'customer-archive';
const SETTINGS = { FAILED_PREFIX: 'failed/', FAILED_DAYS: 7 };
const identities = [{ identifier: 'ssn_no', value: CANARY }];
const task = {
  ...{ protocol: PROTOCOL, dsrId: 'd1', taskId: STORE, attempt: 1, store: STORE },
  ...{ operation: 'erase', identities, reason: `dsr:d1/${STORE}#1` },
};
const look = { protocol: PROTOCOL, store: STORE, identities };
const row = (ssn: string): string => `{"ssn_no":"${ssn}","name":"Gnoll"}\n`;

describe('the archive as a function', () => {
  let world: World & { orders: ErasureOrders };
  let handed: MemoryObjectStore;
  let log: ReturnType<typeof recordingLog>;
  beforeEach(async () => {
    world = Object.assign(openWorld(), { orders: memoryErasureOrders() });
    world.now = Date.UTC(2026, 0, 5);
    handed = memoryObjectStore(world.clock);
    log = recordingLog();
    await put(world.objects, 'phi-data/1', row(CANARY) + row('533665204'));
  });

  const served = () =>
    servedArchive(deliveredArchive(dataMap, SETTINGS), {
      ...{ ...world, dataMap, notes: memoryArchiveNotes() },
      handover: { objects: handed, locationOf: (key) => `s3://handover/${key}` },
    });
  const serve = (event: unknown, stores = served()) => serveStores(event, { served: stores, log });
  const post = (path: string, body: unknown, stores = served()) =>
    serve({ method: 'POST', path, body }, stores);

  /** What the state machine of runs does. */
  const runOnce = () =>
    serveOrders(
      world,
      steered(dataMap, { ...SETTINGS, MOST_MATCHING: 10_000, UNDO_DAYS: 0, DRAIN_SECONDS: 0 }),
    );

  it('says what it can do', async () => {
    expect(await serve({ method: 'GET', path: '/dsr/capabilities' })).toEqual({
      status: 200,
      body: {
        ...{ protocol: PROTOCOL, service: 'archive', taskSeconds: 86_400 },
        stores: [
          {
            ...{ name: STORE, operations: ['gather', 'erase'], identifiers: ['ssn_no'] },
            tracking: 'horizontal',
          },
        ],
      },
    });
  });

  it('takes an erasure as an order, and answers with the certificate of its run', async () => {
    const stores = served();
    const accepted = { status: 200, body: { status: 'accepted', checkAfterSeconds: 900 } };
    expect(await post('/dsr/tasks', task, stores)).toEqual(accepted);
    expect(await post('/dsr/tasks', task, stores)).toEqual(accepted);
    await runOnce();
    const { status, body } = await post('/dsr/tasks', task, stores);
    expect(status).toBe(200);
    const reply = taskReplySchema.parse(body);
    expect(reply).toMatchObject({ status: 'done', affected: 1 });
    const [key = ''] = (reply as { certificate: string }).certificate.split('#');
    expect(await textOf(world.certificates, key)).toContain('"verification":"passed"');
    expect(await post('/dsr/lookup', look, stores)).toEqual({ status: 200, body: { erasable: 0 } });
    expect(await textOf(world.objects, 'phi-data/1')).toBe(row('533665204'));
  });

  it('finds who is there, gathers their rows, and changes nothing', async () => {
    expect(await post('/dsr/lookup', look)).toEqual({ status: 200, body: { erasable: 1 } });
    const gathered = await post('/dsr/tasks', { ...task, operation: 'gather' });
    expect(gathered.body).toMatchObject({
      status: 'done',
      data: { kind: 'reference', mediaType: 'application/x-ndjson' },
    });
    const { location } = (gathered.body as { data: { location: string } }).data;
    const rows = await textOf(handed, location.replace('s3://handover/', ''));
    expect(rows?.trim()).toBe(row(CANARY).trim());
    expect(await textOf(world.objects, 'phi-data/1')).toBe(row(CANARY) + row('533665204'));
  });

  it('answers a look that failed by 503, and never by nobody', async () => {
    await put(world.objects, 'phi-data/2', '{"ssn_no":"8078');
    expect(await post('/dsr/lookup', { ...look, identities: [{ ...identities[0], value: '9' }] }))
      // The row that cannot be read may be theirs.
      .toEqual({ status: 503, body: { error: { code: 'rows-unparsable' } } });
  });

  it('answers a fault by 500 and logs nothing of its message', async () => {
    const broken = { ...world.runs, load: () => Promise.reject(new TypeError(CANARY)) };
    const order = await world.orders.save({
      ...{ orderId: `d1/${STORE}`, version: 1, store: STORE, attempt: 1, receivedAt: 1 },
      runId: 'run-1',
    });
    expect(order).toBe('saved');
    world = Object.assign(world, { runs: broken });
    expect(await post('/dsr/tasks', task)).toEqual({
      status: 500,
      body: { error: { code: 'fault' } },
    });
    expect(log.lines).toContainEqual({ message: 'A call could not be answered', fields: {} });
    expect(JSON.stringify(log.lines)).not.toContain(CANARY);
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a text', CANARY],
    ['a list', [{ method: 'POST' }]],
    ['another method', { method: 'DELETE', path: '/dsr/tasks' }],
    ['a path that is none', { method: 'POST', path: 7 }],
    ['a path without end', { method: 'POST', path: `/${'x'.repeat(1_000)}` }],
    ['an unknown path', { method: 'POST', path: '/admin', body: task }],
    ['no body', { method: 'POST', path: '/dsr/tasks' }],
    ['another store', { method: 'POST', path: '/dsr/tasks', body: { ...task, store: 'orders' } }],
    ['an undo', { method: 'POST', path: '/dsr/tasks', body: { ...task, operation: 'undo' } }],
    [
      'identities of a prototype',
      {
        method: 'POST',
        path: '/dsr/lookup',
        body: { ...look, identities: [{ identifier: '__proto__', value: CANARY }] },
      },
    ],
    [
      'identities without end',
      {
        method: 'POST',
        path: '/dsr/lookup',
        body: { ...look, identities: Array.from({ length: 1_001 }, () => identities[0]) },
      },
    ],
  ])('refuses %s, repeats nothing of it, and takes no order', async (_, event) => {
    const answer = await serve(event);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(JSON.stringify(answer)).not.toContain(CANARY);
    for await (const order of world.orders.open()) expect(order).toBeUndefined();
  });

  it('knows nobody by what no row can tell', async () => {
    const stranger = { ...look, identities: [{ identifier: 'email', value: 'ann@example.com' }] };
    expect(await post('/dsr/lookup', stranger)).toEqual({ status: 200, body: { erasable: 0 } });
  });

  it('logs nothing of the person, and keeps their identifiers sealed', async () => {
    await post('/dsr/tasks', task);
    await post('/dsr/lookup', look);
    await runOnce();
    await post('/dsr/tasks', { ...task, attempt: 2 });
    expect(log.lines.length).toBeGreaterThan(2);
    expect(JSON.stringify(log.lines)).not.toContain(CANARY);
    expect(JSON.stringify(await world.orders.load(`d1/${STORE}`))).not.toContain(CANARY);
  });
});
