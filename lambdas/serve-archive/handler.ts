import { dynamodbArchiveNotes } from '../../lib/aws/archive/dynamodb-archive-notes.ts';
import { dynamodbErasureOrders } from '../../lib/aws/archive/dynamodb-erasure-orders.ts';
import { dynamodbRunStore } from '../../lib/aws/archive/dynamodb-run-store.ts';
import { s3ObjectStore } from '../../lib/aws/s3-object-store.ts';
import { dataMap } from '../../lib/data-map.ts';
import { deliveredArchive } from '../runtime/archive-places.ts';
import { clock, random } from '../runtime/connect/chance.ts';
import { dynamodbClient, s3Client } from '../runtime/connect/clients.ts';
import { connectKeys } from '../runtime/connect/keys.ts';
import { connectFilters } from '../runtime/connect/runs.ts';
import { readKeys } from '../runtime/connect/secrets.ts';
import { readEnv } from '../runtime/env.ts';
import { createLog } from '../runtime/log.ts';
import { serveStores } from '../runtime/served-stores.ts';
import { serveArchiveEnv } from './env.ts';
import { servedArchive } from './serve-archive.ts';

const SERVICE = 'serve-archive';
const env = readEnv(serveArchiveEnv, process.env);
const table = { client: dynamodbClient(SERVICE), tableName: env.RUNS_TABLE };

const served = servedArchive(deliveredArchive(dataMap, env), {
  ...{ dataMap, clock, random },
  objects: s3ObjectStore(s3Client(SERVICE), env.ARCHIVE_BUCKET),
  runs: dynamodbRunStore(table),
  orders: dynamodbErasureOrders(table),
  notes: dynamodbArchiveNotes({ ...table, clock }),
  keys: connectKeys(SERVICE, env),
  handover: {
    objects: s3ObjectStore(s3Client(SERVICE), env.HANDOVER_BUCKET),
    locationOf: (key) => `s3://${env.HANDOVER_BUCKET}/${key}`,
  },
  filters: await connectFilters(SERVICE, env),
  ...(await readKeys(SERVICE, { hashKey: env.HASH_KEY_SECRET })),
});
const log = createLog(SERVICE);

export const handler = (event: unknown): ReturnType<typeof serveStores> =>
  serveStores(event, { served, log });
