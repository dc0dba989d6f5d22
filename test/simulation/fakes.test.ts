import { MemoryGatheredStore } from '../../lib/simulation/fakes/memory-gathered-store.ts';
import { MemoryKeyVault } from '../../lib/simulation/fakes/memory-key-vault.ts';
import { MemoryNotifier } from '../../lib/simulation/fakes/memory-notifier.ts';
import { MemoryRequestStore } from '../../lib/simulation/fakes/memory-request-store.ts';
import { gatheredStoreContract } from '../contracts/gathered-store.ts';
import { keyVaultContract } from '../contracts/key-vault.ts';
import { notifierContract } from '../contracts/notifier.ts';
import { requestStoreContract } from '../contracts/request-store.ts';

requestStoreContract('MemoryRequestStore', () =>
  Promise.resolve({ store: new MemoryRequestStore() }),
);
keyVaultContract('MemoryKeyVault', () => Promise.resolve({ vault: new MemoryKeyVault() }));
gatheredStoreContract('MemoryGatheredStore', () =>
  Promise.resolve({ gathered: new MemoryGatheredStore() }),
);
notifierContract('MemoryNotifier', () => {
  const notifier = new MemoryNotifier();
  return Promise.resolve({
    notifier,
    acceptedFor: (dsrId) =>
      Promise.resolve(
        [...notifier.accepted.values()].filter((notice) => notice.dsrId === dsrId).length,
      ),
  });
});
