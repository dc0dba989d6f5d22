import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type {
  ChangeEvent,
  RecordTable,
  ServiceRecord,
  TaskEntry,
} from '../../lib/core/ports/record-table.ts';

export interface RecordTableUnderTest {
  table: RecordTable;
  /** All change events committed so far, in order. */
  events(): readonly ChangeEvent[];
  close?(): Promise<void>;
}

const EMAIL = { identifier: 'email', value: 'a@example.com' };
const NUMBER = { identifier: 'customer_id', value: 'C-1' };

function record(id: string, change: Partial<ServiceRecord> = {}): ServiceRecord {
  return {
    store: 'orders',
    id,
    version: 1,
    identities: [EMAIL, NUMBER],
    fields: { id },
    ...change,
  };
}

function entry(version: number): TaskEntry {
  return {
    key: 'dsr/orders',
    version,
    operation: 'erase',
    attempt: 1,
    affected: 0,
    isFinished: false,
    undoableUntil: 9_000,
  };
}

function event(eventId: string): ChangeEvent {
  return { eventId, store: 'orders', at: 1, reason: 'dsr:d/orders#1', remaining: 0, affected: 1 };
}

/** Registers the suite that every adapter of RecordTable passes. */
export function recordTableContract(
  adapter: string,
  make: () => Promise<RecordTableUnderTest>,
): void {
  describe(`${adapter} keeps the contract of RecordTable`, () => {
    let under: RecordTableUnderTest;
    let table: RecordTable;
    beforeEach(async () => {
      under = await make();
      table = under.table;
    });
    afterEach(async () => {
      await under.close?.();
    });

    it('finds records by each of their identities, in order of id, store by store', async () => {
      const other = record('o-3', { store: 'posts' });
      await table.commit({ put: [record('o-2'), record('o-1'), other] });
      expect((await table.find('orders', EMAIL)).map(({ id }) => id)).toEqual(['o-1', 'o-2']);
      expect(await table.find('posts', NUMBER)).toEqual([other]);
      expect(await table.find('orders', { ...EMAIL, value: 'a@example.co' })).toEqual([]);
      expect(await table.find('orders', { ...EMAIL, identifier: 'customer_id' })).toEqual([]);
    });

    it('finds identities of any length', async () => {
      const long = { identifier: 'email', value: `${'ä'.repeat(5_000)}@example.com` };
      await table.commit({ put: [record('o-1', { identities: [long] })] });
      expect(await table.find('orders', long)).toHaveLength(1);
      expect(await table.find('orders', { ...long, value: `${long.value}x` })).toEqual([]);
    });

    it('forgets a record by all its identities, and an old identity by a change', async () => {
      await table.commit({ put: [record('o-1'), record('o-2')] });
      await table.commit({ put: [record('o-2', { version: 2, identities: [NUMBER] })] });
      expect((await table.find('orders', EMAIL)).map(({ id }) => id)).toEqual(['o-1']);
      await table.commit({ remove: [record('o-1')] });
      expect(await table.find('orders', EMAIL)).toEqual([]);
      expect((await table.find('orders', NUMBER)).map(({ id }) => id)).toEqual(['o-2']);
    });

    it('writes nothing at all when anything was changed in between', async () => {
      await table.commit({ put: [record('o-1')], entry: entry(1) });
      const changes = [
        { put: [record('o-9'), record('o-1')], entry: entry(2), events: [event('x')] },
        { remove: [record('o-1', { version: 2 })], entry: entry(2), events: [event('x')] },
        { remove: [record('o-1')], entry: entry(1), events: [event('x')] },
        { remove: [record('o-8')] },
      ];
      for (const change of changes) expect(await table.commit(change)).toBe('conflict');
      expect(await table.find('orders', EMAIL)).toEqual([record('o-1')]);
      expect(await table.entry('dsr/orders')).toEqual(entry(1));
      expect(under.events()).toEqual([]);
    });

    it('lets exactly one of many writers of one version through', async () => {
      const writes = Array.from({ length: 8 }, () => table.commit({ entry: entry(1) }));
      const outcomes = await Promise.all(writes);
      expect(outcomes.filter((outcome) => outcome === 'committed')).toHaveLength(1);
    });

    it('keeps the events of its changes, in order', async () => {
      await table.commit({ entry: entry(1), events: [event('a'), event('b')] });
      await table.commit({ entry: entry(2), events: [event('c')] });
      expect(under.events().map(({ eventId }) => eventId)).toEqual(['a', 'b', 'c']);
    });
  });
}
