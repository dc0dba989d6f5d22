import { MemoryGatheredStore } from '../../lib/simulation/fakes/memory-gathered-store.ts';
import { MemoryKeyVault } from '../../lib/simulation/fakes/memory-key-vault.ts';
import { MemoryNotifier } from '../../lib/simulation/fakes/memory-notifier.ts';
import { MemoryRequestStore } from '../../lib/simulation/fakes/memory-request-store.ts';
import { messageKey } from '../../lib/core/requests/messages/message-keys.ts';
import { readEvent, readOrder } from '../../lib/core/requests/messages/read-message.ts';
import { messageOpener, signMessage } from '../../lib/core/requests/messages/signed-message.ts';
import { FAULT_RATES, noFaults, type FaultRates } from '../../lib/simulation/faults.ts';
import {
  MemoryEventStream,
  MemoryTaskStream,
} from '../../lib/simulation/fakes/memory-task-stream.ts';
import { makeSigner } from '../../lib/simulation/make-signer.ts';
import { identitiesOf, WorldCrosswalk } from '../../lib/simulation/people.ts';
import { SeededRandom } from '../../lib/simulation/seeded-random.ts';
import { WORLD_MAP } from '../../lib/simulation/world-map.ts';
import { WorldServices } from '../../lib/simulation/world-services.ts';
import { crosswalkContract } from '../contracts/crosswalk.ts';
import { eventStreamContract } from '../contracts/event-stream.ts';
import { gatheredStoreContract } from '../contracts/gathered-store.ts';
import { keyVaultContract } from '../contracts/key-vault.ts';
import { notifierContract } from '../contracts/notifier.ts';
import { servicesContract } from '../contracts/services.ts';
import { signerContract } from '../contracts/signer.ts';
import { taskStreamContract } from '../contracts/task-stream.ts';
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

const SECRET = Buffer.alloc(32, 1);
const open = messageOpener([SECRET], WORLD_MAP);
const write = (message: object) =>
  Buffer.from(signMessage(messageKey(SECRET, 'engine'), message)).toString();
const recordsOf = (stream: { readonly records: readonly string[] }) => () =>
  Promise.resolve([stream.records.map((record) => Buffer.from(record))]);

taskStreamContract('MemoryTaskStream', () => {
  const stream = new MemoryTaskStream(write);
  const consume = (record: Uint8Array) => readOrder(open, record);
  return Promise.resolve({ stream, read: recordsOf(stream), consume });
});
eventStreamContract('MemoryEventStream', () => {
  const stream = new MemoryEventStream(write);
  const consume = (record: Uint8Array) => readEvent(open, record);
  return Promise.resolve({ stream, read: recordsOf(stream), consume });
});
signerContract('the simulation’s signer', () => {
  const seed = Buffer.alloc(32, 4);
  const reopen = () => Promise.resolve(makeSigner(seed).signer);
  return Promise.resolve({ ...makeSigner(seed), reopen });
});
crosswalkContract('WorldCrosswalk', () =>
  Promise.resolve({
    crosswalk: new WorldCrosswalk(),
    people: [identitiesOf(1), identitiesOf(2)] as const,
    nobody: [{ identifier: 'email', value: 'nobody' }],
  }),
);
servicesContract('WorldServices without faults', () => {
  const never = Object.fromEntries(Object.keys(FAULT_RATES).map((fault) => [fault, 0]));
  const services = new WorldServices(
    new SeededRandom(1),
    never as unknown as FaultRates,
    noFaults(),
  );
  const nobody = [{ identifier: 'email', value: 'nobody' }];
  return Promise.resolve({ services, store: 'profiles', subject: identitiesOf(1), nobody });
});
