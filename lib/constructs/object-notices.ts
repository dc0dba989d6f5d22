import { Aws, Duration } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Grant, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { EventSourceMapping, type IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Bucket, CfnBucket, IBucket } from 'aws-cdk-lib/aws-s3';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { ALARM_PERIOD, type AlarmTopic } from './alarm-topic.ts';
import type { CustomerKey } from './customer-key.ts';

/**
 * Has S3 tell EventBridge of a bucket's objects. By the bucket's own property: CDK's method brings a
 * function that may change every bucket of the account.
 */
export function tellEventBridge(bucket: Bucket): void {
  (bucket.node.defaultChild as CfnBucket).notificationConfiguration = {
    eventBridgeConfiguration: { eventBridgeEnabled: true },
  };
}

/** Receives that a message gets before it lies among the dead letters. */
const MOST_RECEIVES = 5;

export interface ObjectNoticesProps {
  /** Tells EventBridge of its objects; see {@link tellEventBridge}. */
  readonly bucket: IBucket;
  readonly function: IFunction;
  /** The function's timeout. */
  readonly timeout: Duration;
  /** Functions at once at most; 2 or more. */
  readonly mostAtOnce: number;
  /** Encrypts the notices: keys of objects. */
  readonly key: CustomerKey;
  readonly alarms: AlarmTopic;
}

/**
 * Tells a function of each object written to or gone from a bucket, at least once, in no order: S3,
 * EventBridge, a queue. Through EventBridge, so that the bucket's own stack need not know of it.
 */
export class ObjectNotices extends Construct {
  constructor(scope: Construct, id: string, props: ObjectNoticesProps) {
    super(scope, id);
    const { bucket, function: target, timeout, key, alarms } = props;
    const sealed = { encryption: QueueEncryption.KMS, encryptionMasterKey: key, enforceSSL: true };
    const deadLetters = new Queue(this, 'DeadLetters', {
      ...sealed,
      retentionPeriod: Duration.days(14),
    });
    const queue = new Queue(this, 'Queue', {
      ...sealed,
      retentionPeriod: Duration.days(4),
      // Source: Lambda developer guide, "Configuring a queue to use with Lambda": six times.
      visibilityTimeout: Duration.seconds(timeout.toSeconds() * 6),
      deadLetterQueue: { queue: deadLetters, maxReceiveCount: MOST_RECEIVES },
    });
    // EventBridge writes to an encrypted queue only if the key's own policy lets it.
    // Source: EventBridge user guide, "Amazon SQS permissions for events".
    key.grant(
      new ServicePrincipal('events.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
      'kms:Decrypt',
      'kms:GenerateDataKey',
    );
    new Rule(this, 'Rule', {
      description: 'Objects written to or gone from the archive',
      eventPattern: {
        source: ['aws.s3'],
        detailType: ['Object Created', 'Object Deleted'],
        detail: { bucket: { name: [bucket.bucketName] } },
      },
      targets: [new SqsQueue(queue)],
    });
    const consume = Grant.addToPrincipal({
      grantee: target,
      actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
      resourceArns: [queue.queueArn],
    });
    const open = key.grantThrough(target, {
      service: 'sqs',
      actions: ['kms:Decrypt'],
      context: { 'aws:sqs:arn': [queue.queueArn] },
    });
    const mapping = new EventSourceMapping(this, 'Mapping', {
      target,
      eventSourceArn: queue.queueArn,
      batchSize: 10,
      reportBatchItemFailures: true,
      maxConcurrency: props.mostAtOnce,
    });
    // Lambda tries the role out when it makes the mapping: its policy must be there first.
    consume.applyBefore(mapping);
    open.applyBefore(mapping);
    alarms.watch(`${id}GivenUp`, {
      metric: deadLetters.metricApproximateNumberOfMessagesVisible({
        statistic: 'Maximum',
        period: ALARM_PERIOD,
      }),
      above: 0,
      meaning: `${target.node.id} could not serve notices of objects: mend the cause, then send them back from the dead letters; until then searches read those objects.`,
    });
  }
}
