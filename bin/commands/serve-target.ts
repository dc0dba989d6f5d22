import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { GatheredDataError } from '../../lib/core/access-package/gathered-sections.ts';
import { expirePackages, sealedPackager } from '../../lib/core/access-package/packager.ts';
import { deliveryPath } from '../../lib/core/data-map/delivery-path.ts';
import type { DataMap } from '../../lib/core/data-map/schema.ts';
import type { Site } from '../../lib/core/notices/site.ts';
import type { Callbacks } from '../../lib/core/ports/callbacks.ts';
import type { Clock } from '../../lib/core/ports/clock.ts';
import type { Signer } from '../../lib/core/ports/signer.ts';
import type { SuppressionList } from '../../lib/core/ports/suppression-list.ts';
import { DEFAULT_RULES } from '../../lib/core/requests/model/default-policy.ts';
import type { TaskOrder } from '../../lib/core/requests/model/outbox-message.ts';
import type { Policy } from '../../lib/core/requests/model/policy.ts';
import type { TaskEvent } from '../../lib/core/requests/model/task-event.ts';
import type { EngineDependencies } from '../../lib/core/requests/verbs/dependencies.ts';
import type { ConsumedRecord } from '../../lib/local/file-record-stream.ts';
import { openMailbox } from '../../lib/local/mailbox/mailbox-notifier.ts';
import { Doorbell } from '../../lib/local/requests/doorbell.ts';
import { messagePublisher } from '../../lib/local/requests/message-stream.ts';
import { repeatLoop } from '../../lib/local/requests/repeat-loop.ts';
import { type Bells, runRequests } from '../../lib/local/requests/request-runtime.ts';
import { runTogether } from '../../lib/local/requests/run-together.ts';
import { ringingRequestStore } from '../../lib/local/requests/ringing-request-store.ts';
import { suppressedStream } from '../../lib/local/requests/suppressed-stream.ts';
import { lmdbDeadLetters } from '../../lib/local/tables/lmdb-dead-letters.ts';
import { lmdbGatheredStore } from '../../lib/local/tables/lmdb-gathered-store.ts';
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
  /** Drives requests until the signal aborts. */
  run(signal: AbortSignal): Promise<void>;
}

/** Every filter of this machine hears of a new entry within so long, ms. */
export const OBEYED_AFTER = 1_500;
/** How long a data subject can fetch a package, ms. */
const PACKAGE_LIFETIME = 7 * 24 * 60 * 60 * 1_000;
const HOUR = 60 * 60 * 1_000;
/** How long the sample services can give back what they erased, ms. */
const UNDO_WINDOW = 24 * HOUR;

export async function openTarget(options: TargetOptions): Promise<Target> {
  const { storage, dataMap, policy, clock, site, signer, callbacks, onFault } = options;
  const { tables, keys, taskStream, eventStream, archive, packages } = storage;
  const found = deliveryPath(dataMap);
  if (!found.ok) throw new Error(`lib/data-map.ts: ${found.faults.join('; ')}`);
  const bells = makeBells(dataMap);
  const table = lmdbRecordTable(tables);
  const samples: ServiceDependencies = { table, clock, dataMap, undoWindow: UNDO_WINDOW };
  const list = lmdbSuppressionList(tables, clock);
  const suppressionKey = await storage.secret('suppression');
  const stream = suppressedStream({
    ...{ list, tables, clock, dataMap, suppressionKey, obeyedAfter: OBEYED_AFTER },
    stream: found.path.stream,
  });
  const random = {
    bytes: (count: number) => randomBytes(count),
    fraction: () => Math.random(),
  };
  const gathered = lmdbGatheredStore(tables, keys, random);
  const packaging = {
    ...{ gathered, keys, random, clock, dataMap, fetchGathered: refuseReference },
    objects: packages,
    lifetime: PACKAGE_LIFETIME,
  };
  const mailbox = join(storage.folder, '..', 'mailbox');
  const onCalled = (): void => bells.changes.ring();
  const deps: EngineDependencies = {
    requests: ringingRequestStore(lmdbRequestStore(tables), () => bells.requests.ring()),
    keys,
    crosswalk: profileCrosswalk(samples),
    tasks: messagePublisher<TaskOrder>(
      taskStream,
      ({ dsrId }) => dsrId,
      () => {
        for (const bell of bells.areas.values()) bell.ring();
      },
    ),
    events: messagePublisher<TaskEvent>(
      eventStream,
      ({ dsrId }) => dsrId,
      () => bells.events.ring(),
    ),
    services: localServices({ ...{ dataMap, clock, tables, archive, stream, samples }, onCalled }),
    gathered,
    packager: sealedPackager(packaging),
    notifier: await openMailbox({ directory: mailbox, site, clock }),
    callbacks,
    liftSuppression: (dsrId) => stream.lift(dsrId),
    ...{ signer, clock, random, dataMap, policy, rules: DEFAULT_RULES },
    subjectHashKey: await storage.secret('subject-hash'),
  };
  const letters = lmdbDeadLetters(tables, clock);
  const run = async (signal: AbortSignal): Promise<void> => {
    const hourly = (name: string, work: () => Promise<number>) => ({
      ...{ bell: new Doorbell(), every: HOUR },
      work: async () => (await work()) > 0,
      onFault: (errorName: string) => onFault(name, errorName),
    });
    const expiry = hourly('packages', () => expirePackages(packaging));
    const stores = SAMPLE_SERVICES.flatMap((service) => [...service.stores]);
    const lapse = hourly('undo windows', () => clearShelves(samples, stores));
    const work = {
      ...{ deps, tasks: taskStream, events: eventStream, changes: table.outbox, bells, onFault },
      bury: (consumer: string, record: ConsumedRecord, code: string) => {
        const { shardId, sequenceNumber } = record;
        letters.add({ consumer, shardId, sequenceNumber, code });
        onFault(consumer, `dead letter: ${code}`);
      },
    };
    await runTogether(
      [
        (until) => runRequests(work, until),
        (until) => repeatLoop(expiry, until),
        (until) => repeatLoop(lapse, until),
      ],
      signal,
    );
  };
  return { deps, samples, suppression: { list, key: suppressionKey }, mailbox, run };
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

/** Services on this machine answer with the data itself. */
function refuseReference(): AsyncIterable<Uint8Array> {
  throw new GatheredDataError('Data by reference is not fetched on this machine.');
}
