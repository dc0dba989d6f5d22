import { CfnOutput, Duration, Size, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { ERROR_PREFIX, type Config } from '../config.ts';
import type { EnvironmentOf } from '../../lambdas/runtime/env.ts';
import type { redactEventsEnv } from '../../lambdas/redact-events/env.ts';
import { AccessLogBucket } from '../constructs/access-log-bucket.ts';
import { AlarmTopic } from '../constructs/alarm-topic.ts';
import { CustomerKey } from '../constructs/customer-key.ts';
import { EncryptedBucket } from '../constructs/encrypted-bucket.ts';
import type { EncryptedStream } from '../constructs/encrypted-stream.ts';
import { EncryptedTable } from '../constructs/encrypted-table.ts';
import { NodeFunction } from '../constructs/node-function.ts';
import { tellEventBridge } from '../constructs/object-notices.ts';
import { SecretKey } from '../constructs/secret-key.ts';
import { TransformedDelivery } from '../constructs/transformed-delivery.ts';
import { consoleLink } from './console-link.ts';
import { letheMetric } from './lethe-metric.ts';
import { tagFromMap } from './data-map-tags.ts';

const HIVE_PARTITIONS =
  'year=!{timestamp:yyyy}/month=!{timestamp:MM}/day=!{timestamp:dd}/hour=!{timestamp:HH}/';

export interface SensitiveDataFilterStackProps extends StackProps {
  readonly config: Config;
  /** Customer events, personal data in clear. */
  readonly source: EncryptedStream;
}

/** From the stream through redaction into the archive. */
export class SensitiveDataFilterStack extends Stack {
  /** The archive's bucket; it tells EventBridge of its objects. */
  readonly dataStore: EncryptedBucket;
  /** The list that the filter obeys, and the key of its hashes: who is on it is the requests' to say. */
  readonly suppression: { readonly list: EncryptedTable; readonly key: SecretKey };

  constructor(scope: Construct, id: string, props: SensitiveDataFilterStackProps) {
    const { config, source, ...stackProps } = props;
    const { delivery, operations } = config;
    const store = config.path.archive;
    const retain = config.stage === 'production';
    super(scope, id, {
      description: 'Lethe: customer events redacted on their way into the archive',
      terminationProtection: retain,
      ...stackProps,
    });

    const key = new CustomerKey(this, 'Key', {
      description: 'Redacted customer events at rest and the suppression list',
      retain,
      rotationPeriod: Duration.days(operations.keyRotationDays),
    });
    const alarms = new AlarmTopic(this, 'Alarms', {
      key,
      email: operations.alarmEmail,
      existingTopicArn: operations.alarmTopicArn,
    });

    const accessLog = new AccessLogBucket(this, 'AccessLog', {
      retain,
      retentionDays: store.retention.days,
    });
    const dataStore = new EncryptedBucket(this, 'DataStore', {
      key,
      retain,
      accessLog,
      noncurrentDays: delivery.noncurrentDays,
      lifecycleRules: [
        { id: 'archive', prefix: store.prefix, expiration: Duration.days(store.retention.days) },
        {
          // What could not be redacted is personal data in clear.
          id: 'failed-records',
          prefix: ERROR_PREFIX,
          expiration: Duration.days(delivery.failedRecordDays),
          noncurrentVersionExpiration: Duration.days(1),
        },
      ],
    });
    tagFromMap(dataStore, store);
    tellEventBridge(dataStore);
    this.dataStore = dataStore;

    const suppressionList = new EncryptedTable(this, 'SuppressionList', { key, retain });

    const suppressionKey = new SecretKey(this, 'SuppressionKey', {
      description: 'Hashes the identifiers of subjects on the suppression list',
      key,
      retain,
    });
    this.suppression = { list: suppressionList, key: suppressionKey };
    const hashes = config.path.stream.fields.some(({ redact }) => redact.kind === 'keyed-hash');
    const hashKey = hashes
      ? new SecretKey(this, 'HashKey', { description: 'Hashes redacted fields', key, retain })
      : undefined;

    const environment: EnvironmentOf<typeof redactEventsEnv> = {
      SUPPRESSION_TABLE: suppressionList.tableName,
      SUPPRESSION_KEY_SECRET: suppressionKey.secretArn,
      ...(hashKey === undefined ? {} : { HASH_KEY_SECRET: hashKey.secretArn }),
    };
    const filter = new NodeFunction(this, 'SensitiveDataFilterFunction', {
      verb: 'redact-events',
      description: 'Redacts personal data of customers who did not consent',
      environment,
      alarms,
      logRetentionDays: operations.logRetentionDays,
      retain,
      ...(delivery.transformReservedConcurrency === undefined
        ? {}
        : { reservedConcurrentExecutions: delivery.transformReservedConcurrency }),
    });

    suppressionList.grantLookUp(filter);
    suppressionKey.grantKey(filter);
    hashKey?.grantKey(filter);

    const extension = delivery.gzip ? '.jsonl.gz' : '.jsonl';
    const { stream } = new TransformedDelivery(this, 'Delivery', {
      name: 'phi_data_filter',
      source,
      transform: {
        function: filter,
        bufferSize: Size.mebibytes(delivery.transformBufferMegabytes),
        bufferInterval: Duration.seconds(delivery.transformBufferSeconds),
      },
      destination: {
        bucket: dataStore,
        key,
        prefix: store.prefix,
        ...(delivery.hivePartitions ? { partitions: HIVE_PARTITIONS } : {}),
        errorPrefix: ERROR_PREFIX,
        fileExtension: extension,
        gzip: delivery.gzip,
        bufferSize: Size.mebibytes(delivery.bufferMebibytes),
        bufferInterval: Duration.seconds(delivery.bufferSeconds),
      },
      alarms,
      logRetentionDays: operations.logRetentionDays,
      retain,
    });

    alarms.watch('RecordsFailed', {
      metric: letheMetric('redact-events', 'RecordsFailed'),
      above: 0,
      meaning: `Records could not be redacted and lie in clear below ${ERROR_PREFIX}: mend their producer, and erase them or send them again within ${delivery.failedRecordDays} days.`,
    });

    new CfnOutput(this, 'SensitiveDataFilter', {
      description: 'The redacting function in the console',
      value: consoleLink(filter),
    });
    new CfnOutput(this, 'FirehoseArn', {
      description: 'The delivery stream',
      value: stream.attrArn,
    });
    new CfnOutput(this, 'FirehoseDataStore', {
      description: 'The bucket where customer events arrive',
      value: dataStore.bucketName,
    });
  }
}
