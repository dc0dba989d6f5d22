import { join } from 'node:path';
import type { DataMap } from '../../core/data-map/schema.ts';
import { StoredIndexer } from '../../core/erasure/filters/index-stored.ts';
import { storedFilters } from '../../core/erasure/filters/stored-filters.ts';
import type { MembershipFilters } from '../../core/ports/membership-filters.ts';
import type { ObjectStore } from '../../core/ports/object-store.ts';
import { openArchiveFilters } from './archive-filters.ts';
import { indexingObjectStore } from './indexing-object-store.ts';

export interface IndexedArchive {
  readonly objects: ObjectStore;
  readonly filters: MembershipFilters;
}

/**
 * The local target's archive, each object with its filter from the moment it lands.
 * @param directory of the local target
 */
export async function openIndexedArchive(
  directory: string,
  objects: ObjectStore,
  dataMap: DataMap,
): Promise<IndexedArchive> {
  const archive = join(directory, 'data-store');
  const { store, key } = await openArchiveFilters(archive, directory);
  const indexer = new StoredIndexer({ objects, filters: store, key, dataMap });
  // An object without a filter is read: slower, and as right.
  const indexed = indexingObjectStore(objects, indexer, () => undefined);
  return { objects: indexed, filters: storedFilters(store, key) };
}
