import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openFileFilterStore } from '../../../lib/local/archive-filters/file-filter-store.ts';
import { filterStoreContract } from '../../contracts/filter-store.ts';
import { memoryFilterStore } from '../../fakes/memory-filter-store.ts';

filterStoreContract('memoryFilterStore', () => Promise.resolve({ store: memoryFilterStore() }));

filterStoreContract('openFileFilterStore', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'lethe-filters-'));
  const store = await openFileFilterStore(join(folder, 'filters'));
  return { store, close: () => rm(folder, { recursive: true, force: true }) };
});
