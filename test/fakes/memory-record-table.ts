import type {
  ChangeEvent,
  RecordTable,
  ServiceRecord,
  TaskEntry,
} from '../../lib/core/ports/record-table.ts';

/** The port RecordTable in memory. */
export class MemoryRecordTable implements RecordTable {
  readonly records = new Map<string, ServiceRecord>();
  readonly entries = new Map<string, TaskEntry>();
  readonly events: ChangeEvent[] = [];

  find: RecordTable['find'] = (store, { identifier, value }) => {
    const found = [...this.records.values()].filter(
      (record) =>
        record.store === store &&
        record.identities.some((one) => one.identifier === identifier && one.value === value),
    );
    return Promise.resolve(found.sort((a, b) => (a.id < b.id ? -1 : 1)));
  };

  entry: RecordTable['entry'] = (key) => Promise.resolve(this.entries.get(key));

  commit: RecordTable['commit'] = ({ entry, put = [], remove = [], events = [] }) => {
    const versionOf = ({ store, id }: ServiceRecord) =>
      this.records.get(`${store}/${id}`)?.version ?? 0;
    const isMet =
      (entry === undefined || (this.entries.get(entry.key)?.version ?? 0) === entry.version - 1) &&
      put.every((record) => versionOf(record) === record.version - 1) &&
      remove.every((record) => versionOf(record) === record.version);
    if (!isMet) return Promise.resolve('conflict');
    if (entry !== undefined) this.entries.set(entry.key, entry);
    for (const record of put) this.records.set(`${record.store}/${record.id}`, record);
    for (const { store, id } of remove) this.records.delete(`${store}/${id}`);
    this.events.push(...structuredClone(events));
    return Promise.resolve('committed');
  };
}
