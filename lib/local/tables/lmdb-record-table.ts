import { randomBytes } from 'node:crypto';
import { NONCE_BYTES, seal, SealBrokenError, unseal } from '../../core/identity/sealed-box.ts';
import type { SealedBox } from '../../core/identity/sealed-box.ts';
import type {
  ChangeEvent,
  RecordChange,
  RecordTable,
  ServiceRecord,
  TaskEntry,
} from '../../core/ports/record-table.ts';
import type { Identity } from '../../core/requests/model/request.ts';
import type { Tables } from './open-tables.ts';
import { openRecordKeys } from './record-keys.ts';

/** Of a record and of an identity: keyed hashes, so that no key of a table says whose it is. */
type RecordKey = [store: string, idHash: string];
type IdentityKey = [store: string, identityHash: string, idHash: string];

/** A record as it stands in the table: readable as long as the key in its slot is. */
interface SealedRecord {
  readonly slot: number;
  readonly version: number;
  readonly box: SealedBox;
}

/** Change events that wait to be put on the events stream. */
export interface ChangeOutbox {
  /** The oldest, in order. */
  oldest(limit: number): readonly { readonly seq: number; readonly event: ChangeEvent }[];
  remove(seqs: readonly number[]): void;
}

/**
 * The port RecordTable in the local tables; a change and its events are one transaction. What is
 * erased is unreadable when the commit answers, wherever the database still has its bytes.
 */
export function lmdbRecordTable(tables: Tables): RecordTable & { readonly outbox: ChangeOutbox } {
  const records = tables.table<SealedRecord, RecordKey>('service-records');
  const byIdentity = tables.table<true, IdentityKey>('service-records-by-identity');
  const entries = tables.table<TaskEntry, string>('service-tasks');
  const events = tables.table<ChangeEvent, number>('service-events');
  const counters = tables.table<number, string>('counters');
  const keys = openRecordKeys(tables);

  const recordKey = (store: string, id: string): RecordKey => [store, keys.hash(`id:${id}`)];
  const identityHash = ({ identifier, value }: Identity): string =>
    keys.hash(`identity:${identifier}:${value}`);
  const isCurrent = ({ store, id, version }: ServiceRecord, expected: number): boolean =>
    (records.get(recordKey(store, id))?.version ?? 0) === expected && version > 0;

  /** Undefined for a record that has just been erased by another process. */
  const openRecord = (key: RecordKey): ServiceRecord | undefined => {
    const sealed = records.get(key);
    const secret = sealed === undefined ? undefined : keys.read(sealed.slot);
    if (sealed === undefined || secret === undefined) return undefined;
    try {
      return unseal(secret, key.join('/'), sealed.box) as ServiceRecord;
    } catch (error) {
      // A reader's view may be older than the keys: only the latest view tells a fault from that.
      const latest = tables.transact(() => records.get(key));
      if (!(error instanceof SealBrokenError) || latest?.slot === sealed.slot) throw error;
      return latest === undefined ? undefined : openRecord(key);
    }
  };

  const forget = ({ store, id }: ServiceRecord): void => {
    const key = recordKey(store, id);
    const sealed = records.get(key);
    if (sealed === undefined) return;
    for (const identity of openRecord(key)?.identities ?? []) {
      byIdentity.removeSync([store, identityHash(identity), key[1]]);
    }
    records.removeSync(key);
    keys.doom([sealed.slot]);
  };

  const apply = ({ entry, put = [], remove = [], events: told = [] }: RecordChange) => {
    const isMet =
      (entry === undefined || (entries.get(entry.key)?.version ?? 0) === entry.version - 1) &&
      put.every((record) => isCurrent(record, record.version - 1)) &&
      remove.every((record) => isCurrent(record, record.version));
    if (!isMet) return 'conflict';
    if (entry !== undefined) entries.putSync(entry.key, entry);
    for (const record of [...put, ...remove]) forget(record);
    const issued = keys.issue(put.length);
    for (const [at, record] of put.entries()) {
      const { slot, key: secret } = issued[at]!;
      const key = recordKey(record.store, record.id);
      const box = seal(secret, key.join('/'), record, randomBytes(NONCE_BYTES));
      records.putSync(key, { slot, version: record.version, box });
      for (const identity of record.identities) {
        byIdentity.putSync([record.store, identityHash(identity), key[1]], true);
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
    find: (store, identity) => {
      const hash = identityHash(identity);
      const found = byIdentity.getKeys({ start: [store, hash, ''], end: [store, hash, '\uffff'] });
      const opened = [...found].flatMap(([, , idHash]) => openRecord([store, idHash]) ?? []);
      return Promise.resolve(opened.sort((a, b) => (a.id < b.id ? -1 : 1)));
    },
    entry: (key) => Promise.resolve(entries.get(key)),
    commit: (change) => {
      const outcome = tables.transact(() => apply(change));
      keys.destroyDoomed();
      return Promise.resolve(outcome);
    },
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
