import { S3Client } from '@aws-sdk/client-s3';
import { randomBytes, randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { eraseObjects } from '../../lambdas/erase-objects/erase-objects.ts';
import { deliveredArchive } from '../../lambdas/runtime/archive-places.ts';
import { clock } from '../../lambdas/runtime/connect/chance.ts';
import { dynamodbClient } from '../../lambdas/runtime/connect/clients.ts';
import { connectFilters, connectRun, connectSigner } from '../../lambdas/runtime/connect/runs.ts';
import { readEnv } from '../../lambdas/runtime/env.ts';
import { rememberCriteria } from '../../lambdas/runtime/run-orders.ts';
import { searchObjects } from '../../lambdas/search-objects/search-objects.ts';
import { searchObjectsEnv } from '../../lambdas/search-objects/env.ts';
import { servedArchive } from '../../lambdas/serve-archive/serve-archive.ts';
import { servedArchive as steeredArchive } from '../../lambdas/steer-run/archive.ts';
import { steerRunEnv } from '../../lambdas/steer-run/env.ts';
import { steerRun } from '../../lambdas/steer-run/steer-run.ts';
import { dynamodbArchiveNotes } from '../../lib/aws/archive/dynamodb-archive-notes.ts';
import { dynamodbErasureOrders } from '../../lib/aws/archive/dynamodb-erasure-orders.ts';
import { dynamodbRunLease } from '../../lib/aws/archive/run-lease.ts';
import { s3ObjectStore } from '../../lib/aws/s3-object-store.ts';
import { runDefinition } from '../../lib/stacks/archive/run-definition.ts';
import { textOf } from '../core/erasure/run/run-world.ts';
import { interpret, type ExecutionOutcome } from '../infra/state-machine/interpret.ts';
import { machineSchema } from '../infra/state-machine/states.ts';
import {
  makeBucket,
  makeKeyedTable,
  makeKmsKey,
  makeSecret,
  pathStyle,
} from './request-resources.ts';
import { makeTable } from './requests/make-table.ts';
import type { Log } from '../../lambdas/runtime/log.ts';
import type { DataMap } from '../../lib/core/data-map/schema.ts';
import type { ServedStores } from '../../lib/core/services/answer-service-call.ts';

const NAME = 'test';

/** Variables of the archive's functions. */
export type ArchiveEnv = Readonly<Record<string, string>>;

/** What the archive's stack has, as variables of its functions. */
export async function makeArchiveResources(): Promise<ArchiveEnv> {
  const archiveEnv: Record<string, string> = {};
  for (const name of ['ARCHIVE', 'QUARANTINE', 'CERTIFICATES', 'RUN_FILES', 'FILTER']) {
    archiveEnv[`${name}_BUCKET`] = await makeBucket(name);
  }
  archiveEnv['RUNS_TABLE'] = (await makeTable()).tableName;
  archiveEnv['KEYS_TABLE'] = await makeKeyedTable('name');
  archiveEnv['KEYS_KMS_KEY'] = await makeKmsKey({});
  const signing = { KeySpec: 'RSA_3072', KeyUsage: 'SIGN_VERIFY' } as const;
  archiveEnv['SIGNING_KMS_KEY'] = await makeKmsKey(signing);
  for (const name of ['HASH', 'FILTER']) {
    archiveEnv[`${name}_KEY_SECRET`] = await makeSecret(randomBytes(32).toString('base64'));
  }
  Object.assign(archiveEnv, {
    ...{ FAILED_PREFIX: 'failed/', FAILED_DAYS: '7', MOST_MATCHING: '10000', UNDO_DAYS: '0' },
    DRAIN_SECONDS: '0',
  });
  return archiveEnv;
}

const runTable = (archiveEnv: ArchiveEnv) => ({
  client: dynamodbClient(NAME),
  tableName: archiveEnv['RUNS_TABLE']!,
});

/** As lambdas/serve-archive/handler.ts; for erasures alone. */
export async function archiveServed(
  archiveEnv: ArchiveEnv,
  dataMap: DataMap,
): Promise<ServedStores> {
  const found = readEnv({ ...steerRunEnv, ...searchObjectsEnv }, archiveEnv);
  return servedArchive(deliveredArchive(dataMap, found), {
    ...(await connectRun(NAME, found, { filters: await connectFilters(NAME, found) })),
    orders: dynamodbErasureOrders(runTable(archiveEnv)),
    notes: dynamodbArchiveNotes({ ...runTable(archiveEnv), clock }),
    handover: {
      objects: s3ObjectStore(new S3Client(pathStyle()), found.ARCHIVE_BUCKET),
      locationOf: () => expect.fail('an erasure gathers nothing'),
    },
    dataMap,
  });
}

/** The state machine of runs, led as Step Functions documents it. */
export async function runArchive(
  archiveEnv: ArchiveEnv,
  dataMap: DataMap,
  log: Log,
): Promise<ExecutionOutcome> {
  const found = readEnv({ ...steerRunEnv, ...searchObjectsEnv }, archiveEnv);
  const signer = await connectSigner(NAME, found);
  const orders = dynamodbErasureOrders(runTable(archiveEnv));
  const steering = { ...(await connectRun(NAME, found, { signer })), orders };
  const filters = await connectFilters(NAME, found);
  const searching = { ...(await connectRun(NAME, found, { filters })), orders };
  const erasing = { ...(await connectRun(NAME, found)), orders };
  const files = s3ObjectStore(new S3Client(pathStyle()), found.RUN_FILES_BUCKET);
  const functions: Record<string, (event: unknown) => Promise<unknown>> = {
    steer: (event) =>
      steerRun(event, {
        deps: steering,
        archive: steeredArchive(dataMap, found),
        lease: dynamodbRunLease({
          ...runTable(archiveEnv),
          isAtWork: () => Promise.resolve(false),
        }),
        files,
        log,
        until: Infinity,
      }),
    search: (event) =>
      searchObjects(event, { deps: searching, criteriaOf: rememberCriteria(searching), log }),
    erase: (event) =>
      eraseObjects(event, { deps: erasing, criteriaOf: rememberCriteria(erasing), log }),
  };
  const parts = { steer: 'steer', search: 'search', erase: 'erase', files: 'files' };
  const machine = machineSchema.parse(runDefinition({ ...parts, mostAtOnce: 2 }));
  return interpret(
    machine,
    {},
    {
      executionArn: `arn:aws:states:us-east-1:111122223333:execution:run:${randomUUID()}`,
      invoke: (fn, payload) => functions[fn]!(payload),
      readObject: (_bucket, key) => textOf(files, key),
      writeObject: async (_bucket, key, text) => {
        await files.put(key, Buffer.from(text));
      },
      now: () => clock.now(),
      sleepUntil: () => Promise.resolve(),
    },
  );
}
