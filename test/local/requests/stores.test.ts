import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { deliveryPath } from '../../../lib/core/data-map/delivery-path.ts';
import type { ServiceCall } from '../../../lib/core/ports/services.ts';
import { SuppressionSet } from '../../../lib/core/suppression/suppression-set.ts';
import { dataMap } from '../../../lib/data-map.ts';
import { openFileObjectStore } from '../../../lib/local/file-object-store.ts';
import { erasedArchive } from '../../../lib/local/requests/erased-archive.ts';
import { routedServices } from '../../../lib/local/requests/routed-services.ts';
import { suppressedStream } from '../../../lib/local/requests/suppressed-stream.ts';
import { lmdbSuppressionList } from '../../../lib/local/tables/lmdb-suppression-list.ts';
import { openTables } from '../../../lib/local/tables/open-tables.ts';
import { scratchFolder } from '../scratch-folder.ts';

const found = deliveryPath(dataMap);
if (!found.ok) throw new Error('the default data map has no delivery path');
const { stream, archive } = found.path;
const KEY = Buffer.alloc(32, 3);
const DAY = 86_400_000;
const ANN = { identifier: 'ssn_no', value: '900-00-0001' };

const call = (change: Partial<ServiceCall> = {}): ServiceCall => ({
  store: 'customer-archive',
  operation: 'erase',
  dsrId: 'd',
  taskId: 'customer-archive',
  attempt: 1,
  reason: 'dsr:d/customer-archive#1',
  identities: [ANN],
  ...change,
});

async function openStream() {
  const tables = openTables(await scratchFolder());
  const clock = { time: 1_000, now: () => clock.time };
  const list = lmdbSuppressionList(tables, clock);
  const store = suppressedStream({
    ...{ list, tables, clock, dataMap, stream, suppressionKey: KEY, obeyedAfter: 500 },
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
    expect(await store.call(call())).toEqual({ kind: 'done', affected: 1 });
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
    await store.call(call({ taskId: 'customer-archive.r1' }));
    expect(await store.lookUp('x', [ANN])).toEqual({ kind: 'absent' });
    await store.lift('d');
    expect(await isSuppressed('900000001')).toBe(false);
    await tables.close();
  });

  it('counts from the moment when the list has it, and lifts what it died over', async () => {
    const { store, clock, tables, isSuppressed, list } = await openStream();
    const dying = suppressedStream({
      ...{ tables, clock, dataMap, stream, suppressionKey: KEY, obeyedAfter: 500 },
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
    expect(await store.call(call({ operation: 'undo' }))).toMatchObject({ kind: 'failed' });
    await tables.close();
  });
});

async function openArchive() {
  const folder = await scratchFolder();
  const clock = { now: () => 1_000 };
  const objects = await openFileObjectStore({ directory: join(folder, 'store'), clock });
  const tables = openTables(join(folder, 'tables'));
  const store = erasedArchive({ objects, tables, dataMap, archive });
  const read = async (key: string) => {
    const parts: Uint8Array[] = [];
    for await (const part of (await objects.get(key))!.body) parts.push(Uint8Array.from(part));
    return Buffer.concat(parts).toString();
  };
  return { objects, tables, store, read };
}

const line = (ssn: string, nth = 0) => `{"name":"n${nth}", "ssn_no":"${ssn}"}\n`;

describe('the archive as a store', () => {
  it('takes the subject out of every object and version, and leaves the rest byte for byte', async () => {
    const { objects, store, read, tables } = await openArchive();
    const put = (key: string, text: string) =>
      objects.put(key, Buffer.from(text), { metadata: { origin: 'x' } });
    await put('phi-data/a.jsonl', line('900000001') + line('5', 1) + line('900-00-0001', 2));
    await put('phi-data/b.jsonl', line('900000001'));
    await put('phi-data/b.jsonl', line('7'));
    await put('phi-data/c.jsonl', line('8'));
    await put('other/d.jsonl', line('900000001'));
    expect(await store.lookUp('x', [ANN])).toEqual({ kind: 'present', erasable: 3 });
    expect(await store.call(call())).toEqual({ kind: 'done', affected: 2 });
    expect(await read('phi-data/a.jsonl')).toBe(line('5', 1));
    expect((await objects.get('phi-data/a.jsonl'))!.metadata).toEqual({ origin: 'x' });
    expect(await read('other/d.jsonl')).toBe(line('900000001'));
    expect(await store.lookUp('x', [ANN])).toEqual({ kind: 'absent' });
    const versions: string[] = [];
    for await (const { key } of objects.listVersions('phi-data/')) versions.push(key);
    expect(versions).toEqual(['phi-data/a.jsonl', 'phi-data/b.jsonl', 'phi-data/c.jsonl']);
    // Asked again, it says the same.
    expect(await store.call(call({ attempt: 2 }))).toEqual({ kind: 'done', affected: 2 });
    await tables.close();
  });

  it('gathers the subject’s current rows', async () => {
    const { objects, store, tables } = await openArchive();
    await objects.put('phi-data/a.jsonl', Buffer.from(line('900000001', 4) + line('5')));
    expect(await store.call(call({ operation: 'gather' }))).toEqual({
      kind: 'done',
      affected: 1,
      data: { kind: 'inline', records: [{ name: 'n4', ssn_no: '900000001' }] },
    });
    await tables.close();
  });

  it('never calls itself clean while a row cannot be read', async () => {
    const { objects, store, read, tables } = await openArchive();
    await objects.put('phi-data/a.jsonl', Buffer.from('{"ssn_no":"9000'));
    expect(await store.call(call())).toMatchObject({ kind: 'failed', code: 'rows-unparsable' });
    expect(await store.lookUp('x', [ANN])).toMatchObject({ kind: 'failed' });
    expect(await read('phi-data/a.jsonl')).toBe('{"ssn_no":"9000');
    await tables.close();
  });
});

describe('stores that nobody serves', () => {
  it('fail in words, for a person to look', async () => {
    const services = routedServices(new Map());
    expect(await services.call(call())).toMatchObject({ kind: 'failed', retryable: false });
    expect(await services.lookUp('x', [ANN])).toMatchObject({ kind: 'failed' });
  });
});
