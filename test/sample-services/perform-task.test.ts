import { describe, expect, it } from 'vitest';
import type { RecordTable } from '../../lib/core/ports/record-table.ts';
import type { TaskRequest } from '../../lib/core/services/protocol.ts';
import { PROTOCOL } from '../../lib/core/services/protocol.ts';
import { dataMap } from '../../lib/data-map.ts';
import { indexRecord, type ServiceDependencies } from '../../lib/sample-services/find-records.ts';
import { performTask } from '../../lib/sample-services/perform-task.ts';
import { profileCrosswalk } from '../../lib/sample-services/profile-crosswalk.ts';
import { SAMPLE_SERVICES } from '../../lib/sample-services/sample-service.ts';
import { clearShelves } from '../../lib/sample-services/shelf.ts';
import { seedPeople } from '../../lib/sample-services/seed-people.ts';
import { MemoryRecordTable } from '../fakes/memory-record-table.ts';

const [ORDERS] = SAMPLE_SERVICES[1].stores;
const CUSTOMER = { identifier: 'customer_id', value: 'C-1' };

function task(change: Partial<TaskRequest> = {}): TaskRequest {
  const base = { dsrId: 'd', taskId: 'orders', attempt: 1, ...change };
  return {
    protocol: PROTOCOL,
    store: 'orders',
    operation: 'erase',
    identities: [CUSTOMER],
    reason: `dsr:${base.dsrId}/${base.taskId}#${base.attempt}`,
    ...base,
  };
}

async function withOrders(count: number) {
  const table = new MemoryRecordTable();
  const deps: ServiceDependencies = { table, clock: { now: () => 5 }, dataMap };
  for (let nth = 0; nth < count; nth++) {
    const fields = { customer_id: 'C-1', email: 'Ann@Example.com', ship_to: `Street ${nth}` };
    const record = indexRecord(dataMap, ORDERS, { id: `o-${nth}`, version: 1, fields });
    await table.commit({ put: [record] });
  }
  return { table, deps };
}

/** Dies with its n-th write: before it, or after it and before it answers. */
function dying(table: MemoryRecordTable, nth: number, isAfter: boolean): RecordTable {
  let left = nth;
  return {
    find: table.find,
    entry: table.entry,
    commit: async (change) => {
      if (--left > 0) return table.commit(change);
      if (isAfter) await table.commit(change);
      throw new Error('killed');
    },
  };
}

describe('a task of a sample service', () => {
  it('changes many records step by step and tells each step, the last with nothing remaining', async () => {
    const { table, deps } = await withOrders(60);
    const outcome = await performTask(deps, ORDERS, task());
    expect(outcome).toMatchObject({ kind: 'reply', reply: { status: 'done', affected: 60 } });
    expect(table.records.size).toBe(0);
    expect(table.events.map(({ remaining, affected }) => [remaining, affected])).toEqual([
      [47, 13],
      [34, 26],
      [21, 39],
      [8, 52],
      [0, 60],
    ]);
    expect(new Set(table.events.map(({ reason }) => reason))).toEqual(new Set(['dsr:d/orders#1']));
  });

  it('ends the same wherever it was killed, and tells its end once', async () => {
    for (let nth = 1; nth <= 5; nth++) {
      for (const isAfter of [false, true]) {
        const { table, deps } = await withOrders(60);
        const killed = { ...deps, table: dying(table, nth, isAfter) };
        await expect(performTask(killed, ORDERS, task())).rejects.toThrow('killed');
        const again = await performTask(deps, ORDERS, task());
        expect(again).toMatchObject({ reply: { status: 'done', affected: 60 } });
        expect(table.records.size).toBe(0);
        expect(table.events.filter(({ remaining }) => remaining === 0)).toHaveLength(1);
        expect(new Set(table.events.map(({ eventId }) => eventId)).size).toBe(5);
      }
    }
  });

  it('tells its end again under the reason of a newer attempt, and refuses an older one', async () => {
    const { table, deps } = await withOrders(2);
    await performTask(deps, ORDERS, task());
    const newer = await performTask(deps, ORDERS, task({ attempt: 2 }));
    expect(newer).toMatchObject({ reply: { status: 'done', affected: 2 } });
    expect(table.events.at(-1)).toMatchObject({ reason: 'dsr:d/orders#2', remaining: 0 });
    expect(await performTask(deps, ORDERS, task())).toEqual({ kind: 'fenced' });
  });

  it('erases anew under a new key what came after', async () => {
    const { table, deps } = await withOrders(1);
    await performTask(deps, ORDERS, task());
    const fields = { customer_id: 'C-1', email: 'ann@example.com' };
    const late = indexRecord(dataMap, ORDERS, { id: 'late', version: 1, fields });
    await table.commit({ put: [late] });
    const old = await performTask(deps, ORDERS, task());
    expect(old).toMatchObject({ reply: { affected: 1 } });
    expect(table.records.size).toBe(1);
    await performTask(deps, ORDERS, task({ taskId: 'orders.r1' }));
    expect(table.records.size).toBe(0);
  });

  it('rectifies what is wrong, and finds the record by its right address afterwards', async () => {
    const { table, deps } = await withOrders(2);
    const corrections = { email: 'bea@example.com', unknown: 'x' };
    const rectify = task({ operation: 'rectify', corrections });
    const outcome = await performTask(deps, ORDERS, rectify);
    expect(outcome).toMatchObject({ reply: { status: 'done', affected: 2 } });
    const found = await table.find('orders', { identifier: 'email', value: 'bea@example.com' });
    expect(found.map(({ fields }) => fields['unknown'])).toEqual([undefined, undefined]);
    expect(await table.find('orders', { identifier: 'email', value: 'ann@example.com' })).toEqual(
      [],
    );
  });

  it.each(['restrict', 'object'] as const)(
    'marks records to %s, and keeps them',
    async (operation) => {
      const { table, deps } = await withOrders(1);
      await performTask(deps, ORDERS, task({ operation }));
      const [record] = table.records.values();
      expect(record!.fields[operation === 'restrict' ? 'restricted' : 'objected']).toBe(true);
    },
  );

  it('gathers without leaving a copy, however its records are written', async () => {
    const { table, deps } = await withOrders(3);
    const identities = [{ identifier: 'email', value: ' ANN@example.com ' }];
    const gather = task({ operation: 'gather', identities });
    expect(await performTask(deps, ORDERS, gather)).toMatchObject({ reply: { affected: 3 } });
    expect(JSON.stringify([...table.entries.values(), table.events])).not.toContain('xample');
  });
});

describe('an erasure with an undo window', () => {
  const UNDO = { operation: 'undo', attempt: 2 } as const;
  const HOUR = 60 * 60 * 1_000;

  async function withWindow(count: number) {
    const { table, deps } = await withOrders(count);
    let now = 5;
    const undoing = { ...deps, undoWindow: 24 * HOUR, clock: { now: () => now } };
    const before = [...table.records.values()];
    return { table, deps: undoing, before, pass: (ms: number) => (now += ms) };
  }

  it('says until when, hides what it took from every look, and gives all of it back', async () => {
    const { table, deps, before } = await withWindow(30);
    const erased = await performTask(deps, ORDERS, task());
    const undoableUntil = new Date(5 + 24 * HOUR).toISOString();
    expect(erased).toMatchObject({ reply: { status: 'done', affected: 30, undoableUntil } });
    expect(table.events.at(-1)).toMatchObject({ remaining: 0, undoableUntil: 5 + 24 * HOUR });
    expect(await table.find('orders', CUSTOMER)).toEqual([]);
    const undone = await performTask(deps, ORDERS, task(UNDO));
    expect(undone).toMatchObject({ reply: { status: 'done', affected: 30 } });
    expect([...table.records.values()]).toEqual(expect.arrayContaining(before));
    expect(table.records.size).toBe(30);
    expect(await performTask(deps, ORDERS, task(UNDO))).toEqual(undone);
  });

  it('is undone the same wherever the undo was killed', async () => {
    for (let nth = 1; nth <= 3; nth++) {
      for (const isAfter of [false, true]) {
        const { table, deps, before } = await withWindow(30);
        await performTask(deps, ORDERS, task());
        const killed = { ...deps, table: dying(table, nth, isAfter) };
        await expect(performTask(killed, ORDERS, task(UNDO))).rejects.toThrow('killed');
        const again = await performTask(deps, ORDERS, task(UNDO));
        expect(again).toMatchObject({ reply: { status: 'done', affected: 30 } });
        expect(table.records.size).toBe(before.length);
      }
    }
  });

  it('leaves what was written anew since', async () => {
    const { table, deps } = await withWindow(2);
    await performTask(deps, ORDERS, task());
    const fields = { customer_id: 'C-1', email: 'new@example.com' };
    const newer = indexRecord(dataMap, ORDERS, { id: 'o-0', version: 1, fields });
    await table.commit({ put: [newer] });
    expect(await performTask(deps, ORDERS, task(UNDO))).toMatchObject({ reply: { affected: 1 } });
    const found = await table.find('orders', CUSTOMER);
    expect(found.find(({ id }) => id === 'o-0')).toEqual(newer);
    expect(table.records.size).toBe(2);
  });

  it('cannot be undone once the window is over, and then nothing is left of what it took', async () => {
    const { table, deps, pass } = await withWindow(30);
    await performTask(deps, ORDERS, task());
    expect(await clearShelves(deps, [ORDERS])).toBe(0);
    pass(26 * HOUR);
    const late = { status: 'failed', code: 'undo-lapsed', retryable: false };
    expect(await performTask(deps, ORDERS, task(UNDO))).toMatchObject({ reply: late });
    expect(await clearShelves(deps, [ORDERS])).toBe(30);
    expect(table.records.size).toBe(0);
  });
});

describe('the invented people', () => {
  it('are the same for the same seed, and do not come back once erased', async () => {
    const table = new MemoryRecordTable();
    const deps = { table, clock: { now: () => 5 }, dataMap };
    const given = { seed: 9, from: 1, count: 5 };
    const [first] = await seedPeople(deps, given);
    const before = table.records.size;
    const identities = [{ identifier: 'customer_id', value: first!.customerId }];
    const [PROFILES] = SAMPLE_SERVICES[0].stores;
    const erase = task({ taskId: 'user-profiles', store: 'user-profiles', identities });
    await performTask(deps, PROFILES, erase);
    expect(await seedPeople(deps, given)).toContainEqual(first);
    expect(table.records.size).toBe(before - 1);
  });

  it('are linked by the crosswalk from any identity to all, until they are erased', async () => {
    const table = new MemoryRecordTable();
    const deps = { table, clock: { now: () => 5 }, dataMap };
    const [ann, bob] = await seedPeople(deps, { seed: 9, from: 1, count: 2 });
    const crosswalk = profileCrosswalk(deps);
    const email = { identifier: 'email', value: ann!.email.toUpperCase() };
    expect(await crosswalk.resolve([email])).toEqual({
      kind: 'resolved',
      identities: [
        { identifier: 'email', value: ann!.email },
        { identifier: 'customer_id', value: ann!.customerId },
        { identifier: 'ssn_no', value: ann!.ssn },
      ],
    });
    const two = [email, { identifier: 'ssn_no', value: bob!.ssn }];
    expect(await crosswalk.resolve(two)).toEqual({ kind: 'ambiguous' });
    const [PROFILES] = SAMPLE_SERVICES[0].stores;
    const erase = task({ taskId: 'user-profiles', store: 'user-profiles', identities: [email] });
    await performTask(deps, PROFILES, erase);
    expect(await crosswalk.resolve([email])).toEqual({ kind: 'unknown' });
  });
});
