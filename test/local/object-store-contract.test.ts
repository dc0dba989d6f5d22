import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openFileObjectStore } from '../../lib/local/file-object-store.ts';
import { objectStoreContract } from '../contracts/object-store/contract.ts';
import { memoryObjectStore } from '../fakes/memory-object-store.ts';

const clock = { now: () => Date.now() };

objectStoreContract('the object store on disk', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'lethe-local-'));
  const store = await openFileObjectStore({ directory: join(folder, 'store'), clock });
  return { store, close: () => rm(folder, { recursive: true, force: true }) };
});

objectStoreContract('the object store in memory', () =>
  Promise.resolve({ store: memoryObjectStore(clock) }),
);
