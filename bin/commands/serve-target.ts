import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { ERROR_PREFIX } from '../../lib/config.ts';
import { expirePackages, sealedPackager } from '../../lib/core/access-package/packager.ts';
import { deliveryPath } from '../../lib/core/data-map/delivery-path.ts';
import type { DataMap } from '../../lib/core/data-map/schema.ts';
import { expireLetters } from '../../lib/core/dead-letters/expire-letters.ts';
import type { Site } from '../../lib/core/notices/site.ts';
import type { Callbacks } from '../../lib/core/ports/callbacks.ts';
import type { Clock } from '../../lib/core/ports/clock.ts';
import type { Signer } from '../../lib/core/ports/signer.ts';
import type { SuppressionList } from '../../lib/core/ports/suppression-list.ts';
import { DEFAULT_RULES } from '../../lib/core/requests/model/default-policy.ts';
import { messageKey } from '../../lib/core/requests/messages/message-keys.ts';
import { messagePublisher } from '../../lib/core/requests/messages/publish-messages.ts';
import { messageOpener } from '../../lib/core/requests/messages/signed-message.ts';
import type { TaskOrder } from '../../lib/core/requests/model/outbox-message.ts';
import type { Policy } from '../../lib/core/requests/model/policy.ts';
import type { TaskEvent } from '../../lib/core/requests/model/task-event.ts';
import type { EngineDependencies } from '../../lib/core/requests/verbs/dependencies.ts';
import { changePublisher } from '../../lib/core/services/change-publisher.ts';
import { openLocalArchive } from '../../lib/local/archive/local-archive.ts';
import { objectGatheredStore } from '../../lib/core/access-package/object-gathered-store.ts';
import { fetchGatheredHere } from '../../lib/local/fetch-gathered.ts';
import { openLocalTables, type LocalTables } from '../../lib/local/warehouse/local-tables.ts';
import { openMailbox } from '../../lib/local/mailbox/mailbox-notifier.ts';
import { Doorbell } from '../../lib/local/requests/doorbell.ts';
import { redriveAsAsked } from '../../lib/local/requests/redrive-letters.ts';
import { repeatLoop } from '../../lib/local/requests/repeat-loop.ts';
import {
  type Bells,
  type RuntimeOptions,
  runRequests,
} from '../../lib/local/requests/request-runtime.ts';
import { ringingPublisher } from '../../lib/local/requests/ringing-publisher.ts';
import { runTogether } from '../../lib/local/requests/run-together.ts';
import { ringingRequestStore } from '../../lib/local/requests/ringing-request-store.ts';
import { requestFacts } from '../../lib/core/warehouse/erasure/request-facts.ts';
import { suppressedStream } from '../../lib/core/suppression/suppressed-stream.ts';
import { lmdbSuppressedTasks } from '../../lib/local/tables/lmdb-suppressed-tasks.ts';
import { lmdbDeadLetters, lmdbRedriveRequests } from '../../lib/local/tables/lmdb-dead-letters.ts';
import { lmdbRecordTable } from '../../lib/local/tables/lmdb-record-table.ts';
import { lmdbRequestStore } from '../../lib/local/tables/lmdb-request-store.ts';
import { lmdbSuppressionList } from '../../lib/local/tables/lmdb-suppression-list.ts';
import type { ServiceDependencies } from '../../lib/sample-services/find-records.ts';
import { profileCrosswalk } from '../../lib/sample-services/profile-crosswalk.ts';
import { SAMPLE_SERVICES } from '../../lib/sample-services/sample-service.ts';
import { clearShelves } from '../../lib/sample-services/shelf.ts';
import { localServices } from './serve-services.ts';
import type { Storage } from './serve-storage.ts';

export interface TargetOptions {
  readonly storage: Storage;
  readonly dataMap: DataMap;
  readonly policy: Policy;
  readonly clock: Clock;
  readonly site: Site;
  readonly signer: Signer;
  readonly callbacks: Callbacks;
  readonly onFault: (loop: string, errorName: string) => void;
}

/** The request engine on this machine. */
export interface Target {
  readonly deps: EngineDependencies;
  readonly samples: ServiceDependencies;
  readonly suppression: { readonly list: SuppressionList; readonly key: Uint8Array };
  readonly mailbox: string;
  /** The warehouse, where the data map has tables. */
  readonly warehouse: LocalTables | undefined;
  /** Drives requests until the signal aborts. */
  run(signal: AbortSignal): Promise<void>;
}

/** Every filter of this machine hears of a new entry within so long, ms. */
export const OBEYED_AFTER = 1_500;
/** How long a data subject can fetch a package, ms. */
const PACKAGE_LIFETIME = 7 * 24 * 60 * 60 * 1_000;
const SECOND = 1_000;
/** How long records stay that could not be transformed, ms. */
const FAILED_RECORDS = 14 * 24 * 60 * 60 * 1_000;
const HOUR = 60 * 60 * 1_000;
/** Where services on this machine put data that they hand over by reference; below the state. */
const HANDOVER = 'handover';
/** How long the sample services can give back what they erased, ms. */
const UNDO_WINDOW = 24 * HOUR;

export async function openTarget(options: TargetOptions): Promise<Target> {
  const { storage, dataMap, policy, clock, site, signer, callbacks, onFault } = options;
  const { tables, keys, taskStream, eventStream, packages } = storage;
  const found = deliveryPath(dataMap);
  if (!found.ok) throw new Error(`lib/data-map.ts: ${found.faults.join('; ')}`);
  const bells = makeBells(dataMap);
  const table = lmdbRecordTable(tables);
  const samples: ServiceDependencies = { table, clock, dataMap, undoWindow: UNDO_WINDOW };
  const list = lmdbSuppressionList(tables, clock);
  const suppressionKey = await storage.secret('suppression');
  const stream = suppressedStream({
    ...{ list, clock, dataMap, suppressionKey, obeyedAfter: OBEYED_AFTER },
    memory: lmdbSuppressedTasks(tables),
    stream: found.path.stream,
  });
  const random = {
    bytes: (count: number) => randomBytes(count),
    fraction: () => Math.random(),
  };
  const subjectHashKey = await storage.secret('subject-hash');
  const archive = openLocalArchive({
    ...{ tables, dataMap, keys, signer, clock, random, onFault },
    objects: storage.archive,
    filters: storage.filters,
    quarantine: storage.quarantine,
    certificates: storage.certificates,
    hashKey: subjectHashKey,
    failures: { prefix: ERROR_PREFIX, lifetime: FAILED_RECORDS },
    drain: OBEYED_AFTER,
  });
  const gathered = objectGatheredStore(packages, { keys, random });
  const packaging = {
    ...{ gathered, keys, random, clock, dataMap },
    objects: packages,
    lifetime: PACKAGE_LIFETIME,
  };
  const mailbox = join(storage.folder, '..', 'mailbox');
  const onCalled = (): void => bells.changes.ring();
  const messageSecret = await storage.secret('messages');
  const engineKey = messageKey(messageSecret, 'engine');
  const requests = lmdbRequestStore(tables);
  const warehouse =
    storage.warehouse === undefined
      ? undefined
      : openLocalTables({
          ...{ ...storage.warehouse, dataMap, clock, onFault, hashKey: subjectHashKey },
          facts: requestFacts(requests),
        });
  const deps: EngineDependencies = {
    requests: ringingRequestStore(requests, () => bells.requests.ring()),
    keys,
    crosswalk: profileCrosswalk(samples),
    tasks: ringingPublisher<TaskOrder>(
      messagePublisher(
        taskStream,
        () => engineKey,
        ({ dsrId }) => dsrId,
      ),
      () => {
        for (const bell of bells.areas.values()) bell.ring();
      },
    ),
    events: ringingPublisher<TaskEvent>(
      messagePublisher(
        eventStream,
        () => engineKey,
        ({ dsrId }) => dsrId,
      ),
      () => bells.events.ring(),
    ),
    services: localServices({
      ...{ dataMap, clock, archives: archive.services, stream, samples, onCalled },
      warehouse: warehouse?.services,
    }),
    gathered,
    fetchGathered: fetchGatheredHere(join(storage.folder, '..', HANDOVER)),
    packager: sealedPackager(packaging),
    notifier: await openMailbox({ directory: mailbox, site, clock }),
    callbacks,
    liftSuppression: (dsrId) => stream.lift(dsrId),
    ...{ signer, clock, random, dataMap, policy, rules: DEFAULT_RULES },
    subjectHashKey,
  };
  const letters = lmdbDeadLetters(tables, { keys, random, clock });
  const run = async (signal: AbortSignal): Promise<void> => {
    const hourly = (name: string, work: () => Promise<number>) => ({
      ...{ bell: new Doorbell(), every: HOUR },
      work: async () => (await work()) > 0,
      onFault: (errorName: string) => onFault(name, errorName),
    });
    const expiry = hourly('packages', () => expirePackages(packaging));
    const stores = SAMPLE_SERVICES.flatMap((service) => [...service.stores]);
    const lapse = hourly('undo windows', () => clearShelves(samples, stores));
    const letterExpiry = hourly('dead letters', () => expireLetters({ keys, clock, letters }));
    const streams = { tasks: taskStream, events: eventStream };
    const wishes = lmdbRedriveRequests(tables);
    const redrive = {
      ...{ bell: new Doorbell(), every: SECOND },
      work: () => redriveAsAsked({ letters, streams, requests: wishes }),
      onFault: (errorName: string) => onFault('redrive', errorName),
    };
    const work: RuntimeOptions = {
      ...{ deps, ...streams, changes: table.outbox, bells, onFault },
      changeStream: changePublisher(eventStream, messageSecret),
      open: messageOpener([messageSecret], dataMap),
      bury: async (from, { shardId, sequenceNumber, data }, reason) => {
        try {
          await letters.add({ ...from, shardId, sequenceNumber, reason, data });
        } catch (error) {
          onFault(from.consumer, 'a dead letter could not be kept');
          throw error;
        }
        onFault(from.consumer, `dead letter: ${reason}`);
      },
    };
    await runTogether(
      [
        (until) => runRequests(work, until),
        (until) => archive.run(until),
        ...(warehouse === undefined ? [] : [(until: AbortSignal) => warehouse.run(until)]),
        (until) => repeatLoop(expiry, until),
        (until) => repeatLoop(lapse, until),
        (until) => repeatLoop(letterExpiry, until),
        (until) => repeatLoop(redrive, until),
      ],
      signal,
    );
  };
  const suppression = { list, key: suppressionKey };
  return { deps, samples, suppression, mailbox, warehouse, run };
}

function makeBells(dataMap: DataMap): Bells {
  const areas = new Set(Object.values(dataMap.stores).map(({ area }) => area));
  return {
    requests: new Doorbell(),
    events: new Doorbell(),
    changes: new Doorbell(),
    areas: new Map([...areas].map((area) => [area, new Doorbell()])),
  };
}
