import { describe, expect, it } from 'vitest';
import { deliveryPath } from '../../../lib/core/data-map/delivery-path.ts';
import type { ServiceCall } from '../../../lib/core/ports/services.ts';
import { suppressedStream } from '../../../lib/core/suppression/suppressed-stream.ts';
import { SuppressionSet } from '../../../lib/core/suppression/suppression-set.ts';
import { dataMap } from '../../../lib/data-map.ts';
import { lmdbSuppressedTasks } from '../../../lib/local/tables/lmdb-suppressed-tasks.ts';
import { lmdbSuppressionList } from '../../../lib/local/tables/lmdb-suppression-list.ts';
import { openTables } from '../../../lib/local/tables/open-tables.ts';
import { suppressedTasksContract } from '../../contracts/suppressed-tasks.ts';
import { scratchFolder } from '../scratch-folder.ts';

const found = deliveryPath(dataMap);
if (!found.ok) throw new Error('the default data map has no delivery path');
const { stream } = found.path;
const KEY = Buffer.alloc(32, 3);
const DAY = 86_400_000;
const ANN = { identifier: 'ssn_no', value: '900-00-0001' };

suppressedTasksContract('SuppressedTasks in local tables', async () => {
  const tables = openTables(await scratchFolder());
  return { tasks: lmdbSuppressedTasks(tables), close: () => tables.close() };
});

const call = (change: Partial<ServiceCall> = {}): ServiceCall => ({
  store: 'customer-events',
  operation: 'erase',
  dsrId: 'd',
  taskId: 'customer-events',
  attempt: 1,
  reason: 'dsr:d/customer-events#1',
  identities: [ANN],
  ...change,
});

async function openStream() {
  const tables = openTables(await scratchFolder());
  const clock = { time: 1_000, now: () => clock.time };
  const list = lmdbSuppressionList(tables, clock);
  const store = suppressedStream({
    ...{ list, clock, dataMap, stream, suppressionKey: KEY, obeyedAfter: 500 },
    memory: lmdbSuppressedTasks(tables),
  });
  const isSuppressed = async (ssn: string, at = clock.time) => {
    const set = new SuppressionSet(KEY);
    let cursor: string | undefined;
    for (let more = true; more;) {
      const answer = await list.changesSince(cursor);
      set.apply(answer.changes);
      ({ cursor, more } = answer);
    }
    return set.has('ssn_no', ssn, at);
  };
  return { store, clock, tables, isSuppressed, list };
}

describe('the event stream as a store', () => {
  it('is done with an erasure once every filter must have heard, whoever asks when', async () => {
    const { store, clock, tables, isSuppressed } = await openStream();
    expect(await store.lookUp('customer-events', [ANN])).toEqual({ kind: 'present', erasable: 1 });
    const accepted = { kind: 'accepted', checkAt: 1_500 };
    expect(await store.call(call())).toEqual(accepted);
    clock.time = 1_499;
    expect(await store.call(call({ attempt: 2 }))).toEqual(accepted);
    expect(await isSuppressed('900000001')).toBe(true);
    clock.time = 1_500;
    const undoableUntil = 1_000 + DAY + 3_600_000;
    expect(await store.call(call({ attempt: 2 }))).toEqual({
      ...{ kind: 'done', affected: 1, undoableUntil },
    });
    expect(await store.lookUp('customer-events', [ANN])).toEqual({ kind: 'absent' });
    await tables.close();
  });

  it('lets an erasure lapse after in-flight data has drained, and a restriction never', async () => {
    const { store, clock, tables, isSuppressed } = await openStream();
    const other = { identifier: 'ssn_no', value: '900000002' };
    await store.call(call());
    await store.call(call({ dsrId: 'e', operation: 'restrict', identities: [other] }));
    expect(await isSuppressed('900000001', clock.time + DAY)).toBe(true);
    expect(await isSuppressed('900000001', clock.time + 2 * DAY)).toBe(false);
    expect(await isSuppressed('900000002', clock.time + 3_650 * DAY)).toBe(true);
    await store.lift('e');
    await store.lift('e');
    expect(await isSuppressed('900000002')).toBe(false);
    expect(await isSuppressed('900000001')).toBe(true);
    await tables.close();
  });

  it('begins anew in a later round, whose entries have lapsed, and lifts those of all rounds', async () => {
    const { store, clock, tables, isSuppressed } = await openStream();
    await store.call(call());
    clock.time += 3 * DAY;
    expect(await store.lookUp('x', [ANN])).toMatchObject({ kind: 'present' });
    await store.call(call({ taskId: 'customer-events.r1' }));
    expect(await store.lookUp('x', [ANN])).toEqual({ kind: 'absent' });
    await store.lift('d');
    expect(await isSuppressed('900000001')).toBe(false);
    await tables.close();
  });

  it('counts from the moment when the list has it, and lifts what it died over', async () => {
    const { store, clock, tables, isSuppressed, list } = await openStream();
    const dying = suppressedStream({
      ...{ clock, dataMap, stream, suppressionKey: KEY, obeyedAfter: 500 },
      memory: lmdbSuppressedTasks(tables),
      list: {
        ...list,
        add: async (entries) => {
          await list.add(entries);
          throw new Error('killed');
        },
      },
    });
    await expect(dying.call(call({ operation: 'restrict' }))).rejects.toThrow('killed');
    clock.time = 9_000;
    expect(await store.call(call({ operation: 'restrict' }))).toEqual({
      kind: 'accepted',
      checkAt: 9_500,
    });
    await expect(dying.call(call({ dsrId: 'e', operation: 'restrict' }))).rejects.toThrow('killed');
    await store.lift('d');
    expect(await isSuppressed('900000001')).toBe(true);
    await store.lift('e');
    expect(await isSuppressed('900000001')).toBe(false);
    await tables.close();
  });

  it('knows nobody by identifiers that its events do not carry', async () => {
    const { store, tables } = await openStream();
    const identities = [{ identifier: 'email', value: 'a@example.com' }];
    expect(await store.call(call({ identities }))).toEqual({ kind: 'no-data' });
    expect(await store.call(call({ operation: 'undo' }))).toEqual({ kind: 'no-data' });
    expect(await store.call(call({ operation: 'gather' }))).toMatchObject({ kind: 'failed' });
    await tables.close();
  });

  it('never lists whom an undo has taken off, however late the erasure comes', async () => {
    const undo = call({ operation: 'undo', attempt: 2 });
    for (const isErasedBefore of [true, false]) {
      const { store, tables, isSuppressed } = await openStream();
      if (isErasedBefore) await store.call(call());
      await store.call(undo);
      expect(await store.call(call())).toEqual({ kind: 'fenced' });
      expect(await isSuppressed('900000001')).toBe(false);
      await tables.close();
    }
  });

  it('takes off again what was listed while an undo came', async () => {
    const { clock, tables, isSuppressed, list, store } = await openStream();
    const overtaken = suppressedStream({
      ...{ clock, dataMap, stream, suppressionKey: KEY, obeyedAfter: 500 },
      memory: lmdbSuppressedTasks(tables),
      list: {
        ...list,
        add: async (entries) => {
          await store.call(call({ operation: 'undo', attempt: 2 }));
          await list.add(entries);
        },
      },
    });
    expect(await overtaken.call(call())).toEqual({ kind: 'fenced' });
    expect(await isSuppressed('900000001')).toBe(false);
    await tables.close();
  });

  it('lets events pass again once an erasure is undone, however often it is asked', async () => {
    const { store, tables, isSuppressed } = await openStream();
    await store.call(call());
    expect(await isSuppressed('900000001')).toBe(true);
    for (let time = 0; time < 2; time++) {
      const undo = call({ operation: 'undo', attempt: 2 });
      expect(await store.call(undo)).toEqual({ kind: 'done', affected: 1 });
      expect(await isSuppressed('900000001')).toBe(false);
    }
    await tables.close();
  });
});
