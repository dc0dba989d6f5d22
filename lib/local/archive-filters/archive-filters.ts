import { join, resolve } from 'node:path';
import { FilterKey } from '../../core/erasure/filters/filter-key.ts';
import type { FilterStore } from '../../core/ports/membership-filters.ts';
import { openFileKeyVault } from '../file-key-vault.ts';
import { openFileFilterStore } from './file-filter-store.ts';

export interface ArchiveFilters {
  readonly store: FilterStore;
  readonly key: FilterKey;
  /** Where the filters lie. */
  readonly directory: string;
}

/** The key of local filters was destroyed: filters can be neither written nor asked. */
class FilterKeyGone extends Error {
  override readonly name = 'FilterKeyGone';
}

/**
 * The filters of an archive in a directory.
 * @param state where the key is kept, apart from both.
 * @param filters @default beside the archive, named after it with `.filters`
 */
export async function openArchiveFilters(
  archive: string,
  state: string,
  filters = `${archive}.filters`,
): Promise<ArchiveFilters> {
  const directory = resolve(filters);
  const vault = await openFileKeyVault(join(state, 'filter-keys'));
  const outcome = await vault.create('archive-filters');
  if (outcome.kind !== 'key') {
    throw new FilterKeyGone(`the key of the filters in ${state} is ${outcome.kind}`);
  }
  const store = await openFileFilterStore(directory);
  return { store, key: new FilterKey(outcome.key), directory };
}
