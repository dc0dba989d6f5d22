import type { DataMap } from '../core/data-map/schema.ts';
import { normaliseIdentity } from '../core/identity/normalise-identity.ts';
import type { RecordTable, ServiceRecord } from '../core/ports/record-table.ts';
import type { Identity } from '../core/requests/model/request.ts';
import type { SampleStore } from './sample-service.ts';

/** What the services work with. */
export interface ServiceDependencies {
  readonly table: RecordTable;
  readonly clock: { now(): number };
  /** Says how identities are normalised. */
  readonly dataMap: DataMap;
  /** How long an erasure can be undone, ms. @default not at all */
  readonly undoWindow?: number;
}

/** The data subject's records in a store, by any identity that it knows; each once. */
export async function findRecords(
  { table, dataMap }: Pick<ServiceDependencies, 'table' | 'dataMap'>,
  store: SampleStore,
  identities: readonly Identity[],
): Promise<readonly ServiceRecord[]> {
  const found = new Map<string, ServiceRecord>();
  for (const identity of identities) {
    if (!store.identifiers.includes(identity.identifier)) continue;
    const normalised = normaliseIdentity(dataMap, identity);
    if (normalised.value === '') continue;
    for (const record of await table.find(store.name, normalised)) found.set(record.id, record);
  }
  return [...found.values()];
}

/** A record with the identities that its fields say. */
export function indexRecord(
  dataMap: ServiceDependencies['dataMap'],
  store: SampleStore,
  record: Omit<ServiceRecord, 'identities' | 'store'>,
): ServiceRecord {
  const identities = store.identifiers.flatMap((identifier) => {
    const value = record.fields[identifier];
    if (typeof value !== 'string') return [];
    const identity = normaliseIdentity(dataMap, { identifier, value });
    return identity.value === '' ? [] : [identity];
  });
  return { ...record, store: store.name, identities };
}
