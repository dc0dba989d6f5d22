import { createHash } from 'node:crypto';
import type {
  ChangeEvent,
  RecordChange,
  RecordTable,
  ServiceRecord,
  TaskEntry,
} from '../../core/ports/record-table.ts';
import type { Identity } from '../../core/requests/model/request.ts';
import type { Tables } from './open-tables.ts';

type RecordKey = [store: string, id: string];
type IdentityKey = [store: string, identifier: string, value: string, id: string];

/** Change events that wait to be put on the events stream. */
export interface ChangeOutbox {
  /** The oldest, in order. */
  oldest(limit: number): readonly { readonly seq: number; readonly event: ChangeEvent }[];
  remove(seqs: readonly number[]): void;
}

/** The port RecordTable in the local tables; a change and its events are one transaction. */
export function lmdbRecordTable(tables: Tables): RecordTable & { readonly outbox: ChangeOutbox } {
  const records = tables.table<ServiceRecord, RecordKey>('service-records');
  const byIdentity = tables.table<true, IdentityKey>('service-records-by-identity');
  const entries = tables.table<TaskEntry, string>('service-tasks');
  const events = tables.table<ChangeEvent, number>('service-events');
  const counters = tables.table<number, string>('counters');

  const unindex = ({ store, id, identities }: ServiceRecord): void => {
    for (const identity of identities) byIdentity.removeSync(identityKey(store, identity, id));
  };
  const isCurrent = ({ store, id, version }: ServiceRecord, expected: number): boolean =>
    (records.get([store, id])?.version ?? 0) === expected && version > 0;

  const apply = ({ entry, put = [], remove = [], events: told = [] }: RecordChange) => {
    const isMet =
      (entry === undefined || (entries.get(entry.key)?.version ?? 0) === entry.version - 1) &&
      put.every((record) => isCurrent(record, record.version - 1)) &&
      remove.every((record) => isCurrent(record, record.version));
    if (!isMet) return 'conflict';
    if (entry !== undefined) entries.putSync(entry.key, entry);
    for (const { store, id } of [...put, ...remove]) {
      const old = records.get([store, id]);
      if (old !== undefined) unindex(old);
      records.removeSync([store, id]);
    }
    for (const record of put) {
      const { store, id } = record;
      records.putSync([store, id], record);
      for (const identity of record.identities) {
        byIdentity.putSync(identityKey(store, identity, id), true);
      }
    }
    for (const event of told) {
      const seq = (counters.get('service-events') ?? 0) + 1;
      counters.putSync('service-events', seq);
      events.putSync(seq, event);
    }
    return 'committed';
  };

  return {
    find: (store, { identifier, value }) => {
      const start = identityKey(store, { identifier, value }, '');
      const end = identityKey(store, { identifier, value }, '\uffff');
      const keys = [...byIdentity.getKeys({ start, end })];
      const found = keys.map(([, , , id]) => records.get([store, id]));
      return Promise.resolve(found.filter((record) => record !== undefined));
    },
    entry: (key) => Promise.resolve(entries.get(key)),
    commit: (change) => Promise.resolve(tables.transact(() => apply(change))),
    outbox: {
      oldest: (limit) =>
        [...events.getRange({ limit })].map(({ key, value }) => ({ seq: key, event: value })),
      remove: (seqs) => {
        tables.transact(() => {
          for (const seq of seqs) events.removeSync(seq);
        });
      },
    },
  };
}

/** LMDB keys hold 1,978 bytes at most; a longer value stands there as its hash. */
const LONGEST_VALUE = 512;

function keyValue(value: string): string {
  return Buffer.byteLength(value) <= LONGEST_VALUE
    ? value
    : `sha256:${createHash('sha256').update(value).digest('hex')}`;
}

function identityKey(store: string, { identifier, value }: Identity, id: string): IdentityKey {
  return [store, identifier, keyValue(value), id];
}
