import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { EnvironmentOf } from '../../../lambdas/runtime/env.ts';
import type { ServiceRoutes } from '../../../lambdas/runtime/service-routes.ts';
import type { serveArchiveEnv } from '../../../lambdas/serve-archive/env.ts';
import { ERROR_PREFIX, type Config } from '../../config.ts';
import type { AccessLogBucket } from '../../constructs/access-log-bucket.ts';
import type { CustomerKey } from '../../constructs/customer-key.ts';
import { EncryptedBucket } from '../../constructs/encrypted-bucket.ts';
import type { SecretKey } from '../../constructs/secret-key.ts';
import type { MakeFunction } from '../function-maker.ts';
import type { RunStorage } from './run-storage.ts';

export interface ArchiveServiceProps {
  readonly config: Config;
  readonly archive: EncryptedBucket;
  readonly storage: RunStorage;
  readonly filters: EncryptedBucket;
  readonly filterKey: SecretKey;
  readonly makeFunction: MakeFunction;
  readonly key: CustomerKey;
  readonly retain: boolean;
  readonly accessLog: AccessLogBucket;
}

/** Objects below `rows/` that the executors of these stores may fetch. */
export interface HandoverBucket {
  readonly stores: readonly string[];
  readonly bucket: EncryptedBucket;
}

/**
 * The archive behind the service protocol: erasures become orders for the next run, subjects are
 * looked for and their rows gathered. It may read the archive, and change nothing in it.
 */
export class ArchiveService extends Construct {
  /** The stores of the data map that it serves, and the way to it. */
  readonly routes: ServiceRoutes;
  /** Where it puts rows that it has gathered. */
  readonly handover: HandoverBucket;

  constructor(scope: Construct, id: string, props: ArchiveServiceProps) {
    super(scope, id);
    const { config, archive, storage, filters, filterKey, key, retain, accessLog } = props;
    const handover = new EncryptedBucket(this, 'Handover', {
      ...{ key, retain, accessLog },
      // Of what the engine has taken in, nothing stays here.
      versioned: false,
      noncurrentDays: 1,
      lifecycleRules: [{ id: 'rows', expiration: Duration.days(1) }],
    });
    const environment: EnvironmentOf<typeof serveArchiveEnv> = {
      ARCHIVE_BUCKET: archive.bucketName,
      FILTER_BUCKET: filters.bucketName,
      FILTER_KEY_SECRET: filterKey.secretArn,
      RUNS_TABLE: storage.runs.tableName,
      KEYS_TABLE: storage.keys.tableName,
      KEYS_KMS_KEY: storage.wrapping.keyArn,
      HASH_KEY_SECRET: storage.hashKey.secretArn,
      HANDOVER_BUCKET: handover.bucketName,
      FAILED_PREFIX: ERROR_PREFIX,
      FAILED_DAYS: String(config.delivery.failedRecordDays),
    };
    const service = props.makeFunction('ArchiveService', {
      verb: 'serve-archive',
      description: 'Takes erasures of the archive as orders for runs, and looks for data subjects',
      environment,
      memorySize: 1769,
      // A look goes on after its caller has given up; the next call is answered, or goes on with it.
      timeout: Duration.minutes(15),
      // What calls it calls again by itself.
      retryAttempts: 0,
    });
    archive.grantUse(service, [
      ...(['GetObjectVersion', 'GetObjectVersionTagging', 'ListBucketVersions'] as const),
    ]);
    // What several calls have gathered it joins, and is told if it is no longer there.
    handover.grantUse(
      service,
      ['PutObject', 'AbortMultipartUpload', 'GetObject', 'ListBucket'],
      'rows/',
    );
    filters.grantUse(service, ['GetObject', 'ListBucket']);
    filterKey.grantKey(service);
    storage.hashKey.grantKey(service);
    storage.runs.grantUse(service, ['GetItem', 'PutItem']);
    storage.keys.grantUse(service, ['GetItem', 'PutItem']);
    storage.wrapping.grantWrap(service, ['Decrypt', 'GenerateDataKey'], 'name');
    const stores = [config.path.archiveName];
    this.handover = { stores, bucket: handover };
    this.routes = [
      {
        stores,
        route: { kind: 'lambda', functionArn: service.functionArn },
      },
    ];
  }
}
