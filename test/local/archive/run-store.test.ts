import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { lmdbErasureOrders } from '../../../lib/local/archive/lmdb-erasure-orders.ts';
import { lmdbRunStore } from '../../../lib/local/archive/lmdb-run-store.ts';
import { openTables } from '../../../lib/local/tables/open-tables.ts';
import { runStoreContract } from '../../contracts/run-store.ts';
import { memoryErasureOrders, memoryRunStore } from '../../fakes/memory-run-store.ts';

runStoreContract('lmdbRunStore', () => {
  const folder = join(tmpdir(), `lethe-${randomUUID()}`);
  const tables = openTables(folder);
  return Promise.resolve({
    runs: lmdbRunStore(tables),
    orders: lmdbErasureOrders(tables),
    close: async () => {
      await tables.close();
      await rm(folder, { recursive: true });
    },
  });
});

runStoreContract('memoryRunStore', () =>
  Promise.resolve({ runs: memoryRunStore(), orders: memoryErasureOrders() }),
);
