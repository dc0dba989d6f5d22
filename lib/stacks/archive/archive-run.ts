import { Duration } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { eraseObjectsEnv } from '../../../lambdas/erase-objects/env.ts';
import type { expireUndoEnv } from '../../../lambdas/expire-undo/env.ts';
import type { EnvironmentOf } from '../../../lambdas/runtime/env.ts';
import type { runEnv } from '../../../lambdas/runtime/run-env.ts';
import type { searchObjectsEnv } from '../../../lambdas/search-objects/env.ts';
import type { steerRunEnv } from '../../../lambdas/steer-run/env.ts';
import { ERROR_PREFIX, type Config } from '../../config.ts';
import type { AlarmTopic } from '../../constructs/alarm-topic.ts';
import type { CustomerKey } from '../../constructs/customer-key.ts';
import type { EncryptedBucket } from '../../constructs/encrypted-bucket.ts';
import { MachineTimer } from '../../constructs/machine-timer.ts';
import { RunMachine } from '../../constructs/run-machine.ts';
import type { SecretKey } from '../../constructs/secret-key.ts';
import { Timer } from '../../constructs/timer.ts';
import type { MakeFunction } from '../function-maker.ts';
import { MAP_RESULTS, runDefinition } from './run-definition.ts';
import type { RunStorage } from './run-storage.ts';

/** Source: Lambda quotas. */
const LONGEST = Duration.minutes(15);
/** Two processors: four objects at once, each with parts of an upload in memory. */
const WORKER_MEBIBYTES = 3538;
/** How long Firehose tries to store what it holds. Source: Firehose developer guide, "Data delivery". */
const DELIVERY_RETRY = Duration.hours(24);
/** How old the list may be by which the filter lets records through; SUPPRESSION_STALE_SECONDS. */
const FILTER_LAG = Duration.minutes(1);

export interface ArchiveRunProps {
  readonly config: Config;
  readonly archive: EncryptedBucket;
  readonly storage: RunStorage;
  readonly filters: EncryptedBucket;
  readonly filterKey: SecretKey;
  readonly undoDays: number;
  /** Encrypts calls that could not be made. */
  readonly key: CustomerKey;
  readonly alarms: AlarmTopic;
  readonly makeFunction: MakeFunction;
}

/** The functions of archive runs, the state machine that leads them, and when it starts. */
export class ArchiveRun extends Construct {
  readonly machine: RunMachine;
  private readonly props: ArchiveRunProps;

  constructor(scope: Construct, id: string, props: ArchiveRunProps) {
    super(scope, id);
    this.props = props;
    const { config, storage, key, alarms } = props;
    const steer = this.makeSteering();
    const search = this.makeSearch();
    const erase = this.makeErasure();
    this.machine = new RunMachine(this, 'Machine', {
      definition: runDefinition({
        steer: steer.functionArn,
        search: search.functionArn,
        erase: erase.functionArn,
        files: storage.files.bucketName,
        mostAtOnce: config.archive.workers,
      }),
      functions: [steer, search, erase],
      alarms,
      logRetentionDays: config.operations.logRetentionDays,
      retain: config.stage === 'production',
    });
    storage.files.grantUse(this.machine, ['GetObject'], 'manifests/');
    // Source: Step Functions developer guide, "IAM policies for using Distributed Map states".
    storage.files.grantUse(
      this.machine,
      ['AbortMultipartUpload', 'GetObject', 'ListMultipartUploadParts', 'PutObject'],
      MAP_RESULTS,
    );
    this.machine.letSeeExecutions(steer);
    new MachineTimer(this, 'Schedule', { machine: this.machine, key, alarms }).every(
      'Hourly',
      Duration.hours(config.archive.everyHours),
    );
    const expiry = this.makeExpiry();
    new Timer(this, 'UndoExpiry', { function: expiry, key, alarms }).every(
      'Daily',
      Duration.hours(24),
      {},
    );
  }

  private environment(): EnvironmentOf<typeof runEnv> {
    const { archive, storage } = this.props;
    return {
      ARCHIVE_BUCKET: archive.bucketName,
      QUARANTINE_BUCKET: storage.quarantine.bucketName,
      CERTIFICATES_BUCKET: storage.certificates.bucketName,
      RUNS_TABLE: storage.runs.tableName,
      KEYS_TABLE: storage.keys.tableName,
      KEYS_KMS_KEY: storage.wrapping.keyArn,
      HASH_KEY_SECRET: storage.hashKey.secretArn,
    };
  }

  private makeSteering(): IFunction {
    const { config, archive, storage, undoDays } = this.props;
    const { bufferSeconds, transformBufferSeconds, failedRecordDays } = config.delivery;
    const drain =
      FILTER_LAG.toSeconds() +
      transformBufferSeconds +
      bufferSeconds +
      // A demonstration does not wait for what only an outage of S3 would delay.
      (config.stage === 'production' ? DELIVERY_RETRY.toSeconds() : 0);
    const environment: EnvironmentOf<typeof steerRunEnv> = {
      ...this.environment(),
      RUN_FILES_BUCKET: storage.files.bucketName,
      SIGNING_KMS_KEY: storage.signing.keyArn,
      FAILED_PREFIX: ERROR_PREFIX,
      FAILED_DAYS: String(failedRecordDays),
      // In ten thousandths.
      MOST_MATCHING: String(Math.round(config.archive.maximumPercent * 100)),
      UNDO_DAYS: String(undoDays),
      DRAIN_SECONDS: String(drain),
    };
    const steer = this.props.makeFunction('ArchiveSteering', {
      verb: 'steer-run',
      description: 'Plans, weighs and concludes erasures of the archive',
      environment,
      memorySize: 1769,
      timeout: LONGEST,
    });
    archive.grantUse(steer, ['ListBucketVersions']);
    storage.files.grantUse(steer, ['PutObject'], 'manifests/');
    storage.certificates.grantUse(steer, ['GetObject', 'PutObject', 'ListBucket']);
    storage.signing.grantSign(steer);
    storage.hashKey.grantKey(steer);
    storage.runs.grantUse(steer, [
      ...(['GetItem', 'Query', 'PutItem', 'DeleteItem', 'BatchGetItem', 'BatchWriteItem'] as const),
    ]);
    storage.keys.grantUse(steer, ['GetItem', 'PutItem']);
    storage.wrapping.grantWrap(steer, ['Decrypt'], 'name');
    return steer;
  }

  private makeSearch(): IFunction {
    const { archive, filters, filterKey } = this.props;
    const environment: EnvironmentOf<typeof searchObjectsEnv> = {
      ...this.environment(),
      FILTER_BUCKET: filters.bucketName,
      FILTER_KEY_SECRET: filterKey.secretArn,
    };
    const search = this.props.makeFunction('ArchiveSearch', {
      verb: 'search-objects',
      description: 'Finds and verifies rows in the archive; changes none',
      environment,
      memorySize: WORKER_MEBIBYTES,
      timeout: LONGEST,
    });
    archive.grantUse(search, [...READ, 'ListBucketVersions']);
    filters.grantUse(search, ['GetObject', 'ListBucket']);
    filterKey.grantKey(search);
    this.grantWork(search);
    return search;
  }

  private makeErasure(): IFunction {
    const { archive, storage } = this.props;
    const environment: EnvironmentOf<typeof eraseObjectsEnv> = this.environment();
    const erase = this.props.makeFunction('ArchiveErasure', {
      verb: 'erase-objects',
      description: 'Takes rows out of the archive, and purges versions that hold them',
      environment,
      memorySize: WORKER_MEBIBYTES,
      timeout: LONGEST,
    });
    archive.grantUse(erase, [...READ, ...WRITE, 'ListBucketVersions', 'DeleteObjectVersion']);
    archive.grantUse(erase, ['GetObjectLegalHold', 'GetObjectRetention']);
    storage.quarantine.grantUse(erase, ['PutObject', 'AbortMultipartUpload']);
    this.grantWork(erase);
    storage.wrapping.grantWrap(erase, ['GenerateDataKey'], 'name');
    storage.keys.grantUse(erase, ['PutItem']);
    return erase;
  }

  private makeExpiry(): IFunction {
    const { storage } = this.props;
    const environment: EnvironmentOf<typeof expireUndoEnv> = {
      ...this.environment(),
      SIGNING_KMS_KEY: storage.signing.keyArn,
    };
    const expiry = this.props.makeFunction('ArchiveUndoExpiry', {
      verb: 'expire-undo',
      description: 'Destroys what an erasure of the archive could be undone by',
      environment,
      timeout: LONGEST,
    });
    storage.quarantine.grantUse(expiry, ['ListBucketVersions', 'DeleteObjectVersion']);
    storage.certificates.grantUse(expiry, ['PutObject']);
    storage.signing.grantSign(expiry);
    storage.hashKey.grantKey(expiry);
    storage.runs.grantUse(expiry, ['GetItem', 'Query', 'PutItem', 'DeleteItem']);
    storage.keys.grantUse(expiry, ['PutItem']);
    return expiry;
  }

  /** What finding and forgetting need alike. */
  private grantWork(worker: IFunction): void {
    const { storage } = this.props;
    storage.hashKey.grantKey(worker);
    storage.runs.grantUse(worker, ['GetItem', 'Query', 'PutItem']);
    storage.keys.grantUse(worker, ['GetItem']);
    storage.wrapping.grantWrap(worker, ['Decrypt'], 'name');
  }
}

const READ = ['GetObjectVersion', 'GetObjectVersionTagging'] as const;
const WRITE = ['PutObject', 'PutObjectTagging', 'AbortMultipartUpload'] as const;
