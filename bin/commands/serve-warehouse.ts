import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { DataMap } from '../../lib/core/data-map/schema.ts';
import type { Clock } from '../../lib/core/ports/clock.ts';
import type { KeyVault } from '../../lib/core/ports/key-vault.ts';
import {
  erasureLedger,
  type ErasureLedger,
} from '../../lib/core/warehouse/erasure/erasure-ledger.ts';
import { openFileObjectStore } from '../../lib/local/file-object-store.ts';
import { lmdbRecordTable } from '../../lib/local/tables/lmdb-record-table.ts';
import type { Tables } from '../../lib/local/tables/open-tables.ts';
import { ownWarehouse, type OwnWarehouse } from '../../lib/local/warehouse/own-warehouse.ts';
import { sampleWarehouse } from '../../lib/sample-services/sample-warehouse.ts';
import { seedPeople, type SamplePerson } from '../../lib/sample-services/seed-people.ts';
import { SAMPLE_PEOPLE } from './serve-people.ts';

/** The warehouse under the state directory, and what is remembered outside it. */
export interface StoredWarehouse {
  readonly own: OwnWarehouse;
  readonly ledger: ErasureLedger;
}

export interface StoredWarehouseOptions {
  /** The state directory; `lethe warehouse` finds the same one there. */
  readonly directory: string;
  readonly dataMap: DataMap;
  readonly tables: Tables;
  readonly keys: KeyVault;
  readonly clock: Clock;
}

/** Undefined where the data map has no table. Nothing is opened before it is wanted. */
export async function storedWarehouse({
  directory,
  dataMap,
  tables,
  keys,
  clock,
}: StoredWarehouseOptions): Promise<StoredWarehouse | undefined> {
  if (!Object.values(dataMap.stores).some(({ kind }) => kind === 'table')) return undefined;
  const objects = await openFileObjectStore({
    directory: join(directory, 'requests', 'warehouse-ledger'),
    clock,
  });
  const random = { bytes: (count: number) => randomBytes(count) };
  return {
    own: ownWarehouse({
      ...{ directory: join(directory, 'warehouse'), dataMap },
      firstContent: async () => sampleWarehouse(dataMap, await peopleLeft(tables, dataMap)),
    }),
    ledger: erasureLedger({ objects, keys, random }),
  };
}

/** The invented customers but for those who were erased: they must not come back with a new warehouse. */
async function peopleLeft(tables: Tables, dataMap: DataMap): Promise<readonly SamplePerson[]> {
  const table = lmdbRecordTable(tables);
  const left: SamplePerson[] = [];
  for (const person of await seedPeople({ table, dataMap }, SAMPLE_PEOPLE)) {
    const customer = { identifier: 'customer_id', value: person.customerId };
    if ((await table.find('user-profiles', customer)).length > 0) left.push(person);
  }
  return left;
}
