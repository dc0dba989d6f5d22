import { s3FilterStore } from '../../lib/aws/archive/s3-filter-store.ts';
import { s3ObjectStore } from '../../lib/aws/s3-object-store.ts';
import { readSecretKey } from '../../lib/aws/secret-key.ts';
import { FilterKey } from '../../lib/core/erasure/filters/filter-key.ts';
import { StoredIndexer } from '../../lib/core/erasure/filters/index-stored.ts';
import { dataMap } from '../../lib/data-map.ts';
import { s3Client, secretsClient } from '../runtime/connect/clients.ts';
import { readEnv } from '../runtime/env.ts';
import { createLog } from '../runtime/log.ts';
import { createMeter } from '../runtime/metrics.ts';
import { indexObjectsEnv } from './env.ts';
import { indexObjects, type IndexObjectsAnswer } from './index-objects.ts';

const SERVICE = 'index-objects';
const env = readEnv(indexObjectsEnv, process.env);
const s3 = s3Client(SERVICE);
const secrets = secretsClient(SERVICE);
const secret = await readSecretKey(secrets, env.FILTER_KEY_SECRET);

const context = {
  bucket: env.ARCHIVE_BUCKET,
  indexer: new StoredIndexer({
    objects: s3ObjectStore(s3, env.ARCHIVE_BUCKET),
    filters: s3FilterStore(s3, env.FILTER_BUCKET),
    key: new FilterKey(secret),
    dataMap,
  }),
  log: createLog(SERVICE),
  meter: createMeter(SERVICE),
};

export const handler = (event: unknown): Promise<IndexObjectsAnswer> =>
  indexObjects(event, context);
