import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { indexObjectsEnv } from '../../lambdas/index-objects/env.ts';
import type { EnvironmentOf } from '../../lambdas/runtime/env.ts';
import type { Config } from '../config.ts';
import { AccessLogBucket } from '../constructs/access-log-bucket.ts';
import { AlarmTopic } from '../constructs/alarm-topic.ts';
import { CustomerKey } from '../constructs/customer-key.ts';
import { EncryptedBucket } from '../constructs/encrypted-bucket.ts';
import { ObjectNotices } from '../constructs/object-notices.ts';
import { SecretKey } from '../constructs/secret-key.ts';
import { ArchiveRun } from './archive/archive-run.ts';
import { ArchiveService } from './archive/archive-service.ts';
import { RunStorage } from './archive/run-storage.ts';
import { functionMaker } from './function-maker.ts';

/** Source: Lambda quotas. An object of 5 GB is indexed in about a minute. */
const LONGEST = Duration.minutes(15);
/** A whole processor. Source: Lambda developer guide, "Configure Lambda function memory". */
const ONE_PROCESSOR = 1769;

export interface ArchiveErasureStackProps extends StackProps {
  readonly config: Config;
  /** The bucket of the archive; it tells EventBridge of its objects. */
  readonly archive: EncryptedBucket;
}

/** What erases data subjects from the archive, and what makes that quick. */
export class ArchiveErasureStack extends Stack {
  /** The archive as data subject requests reach it. */
  readonly service: ArchiveService;

  constructor(scope: Construct, id: string, props: ArchiveErasureStackProps) {
    const { config, archive, ...stackProps } = props;
    const retain = config.stage === 'production';
    const { operations } = config;
    super(scope, id, {
      description: 'Lethe: data subjects erased from the archive',
      terminationProtection: retain,
      ...stackProps,
    });

    const key = new CustomerKey(this, 'Key', {
      description: 'Membership filters of the archive and notices of its objects',
      retain,
      rotationPeriod: Duration.days(operations.keyRotationDays),
    });
    const alarms = new AlarmTopic(this, 'Alarms', {
      key,
      email: operations.alarmEmail,
      existingTopicArn: operations.alarmTopicArn,
    });
    const makeFunction = functionMaker(this, config, alarms);

    const accessLog = new AccessLogBucket(this, 'AccessLog', {
      retain,
      retentionDays: config.path.archive.retention.days,
    });
    const filters = new EncryptedBucket(this, 'Filters', {
      key,
      retain,
      accessLog,
      // What is replaced or removed must be gone: it tells something of people who are.
      versioned: false,
      noncurrentDays: 1,
      lifecycleRules: [
        // An object that is gone without a notice leaves its filter behind.
        { id: 'as-the-archive', expiration: Duration.days(config.path.archive.retention.days + 1) },
      ],
    });
    const filterKey = new SecretKey(this, 'FilterKey', {
      description: 'Hashes the identifiers in membership filters',
      key,
      retain,
    });

    const environment: EnvironmentOf<typeof indexObjectsEnv> = {
      ARCHIVE_BUCKET: archive.bucketName,
      FILTER_BUCKET: filters.bucketName,
      FILTER_KEY_SECRET: filterKey.secretArn,
    };
    const indexer = makeFunction('ArchiveIndexer', {
      verb: 'index-objects',
      description: 'Writes a membership filter beside each object that lands in the archive',
      environment,
      memorySize: ONE_PROCESSOR,
      timeout: LONGEST,
    });
    archive.grantUse(indexer, [
      ...(['GetObject', 'GetObjectVersion', 'GetObjectVersionTagging', 'ListBucket'] as const),
    ]);
    filters.grantUse(indexer, ['GetObject', 'PutObject', 'DeleteObject', 'ListBucket']);
    filterKey.grantKey(indexer);
    new ObjectNotices(this, 'ArchiveNotices', {
      bucket: archive,
      function: indexer,
      timeout: LONGEST,
      mostAtOnce: 10,
      key,
      alarms,
    });

    const { undoDays } = config.archive;
    const storage = new RunStorage(this, 'Storage', {
      ...{ key, retain, accessLog, undoDays },
      rotationPeriod: Duration.days(operations.keyRotationDays),
    });
    const { machine } = new ArchiveRun(this, 'Run', {
      ...{ config, archive, storage, filters, filterKey, undoDays, key, alarms, makeFunction },
    });
    this.service = new ArchiveService(this, 'Service', {
      ...{ config, archive, storage, filters, filterKey, makeFunction, key, retain, accessLog },
    });

    new CfnOutput(this, 'ArchiveRunMachine', {
      description:
        'The state machine; it starts on a schedule, or by aws stepfunctions start-execution',
      value: machine.stateMachineArn,
    });
    new CfnOutput(this, 'ArchiveCertificates', {
      description: 'The bucket of signed certificates',
      value: storage.certificates.bucketName,
    });
    new CfnOutput(this, 'ArchiveFilters', {
      description: 'The bucket of membership filters, for lethe index --filters',
      value: filters.bucketName,
    });
    new CfnOutput(this, 'ArchiveFilterKey', {
      description: 'The secret of their key, for lethe index --key-secret',
      value: filterKey.secretArn,
    });
  }
}
