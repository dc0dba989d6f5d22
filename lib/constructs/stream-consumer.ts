import { Duration } from 'aws-cdk-lib';
import {
  type CfnEventSourceMapping,
  EventSourceMapping,
  MetricType,
  StartingPosition,
  type IFunction,
} from 'aws-cdk-lib/aws-lambda';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { ALARM_PERIOD, type AlarmTopic } from './alarm-topic.ts';
import type { EncryptedBucket } from './encrypted-bucket.ts';

/** Where Lambda puts batches that it gives up. Source: Lambda developer guide, "On-failure". */
const GIVEN_UP_PREFIX = 'aws/lambda/';

/** A stream of records, of Kinesis or of a table, that Lambda reads for a function. */
interface ConsumedStream {
  readonly arn: string;
  grantConsume(grantee: IGrantable): Grant;
}

export interface StreamConsumerProps {
  readonly source: ConsumedStream;
  readonly function: IFunction;
  /**
   * Which records it is for: event patterns as Lambda reads them, ORed. What matches none is dropped
   * before the function, so filter on fields that every message has.
   * @default all
   */
  readonly filters?: readonly object[];
  /** Records of one invocation at most. */
  readonly batchSize: number;
  /** Takes batches that were given up, whole, since S3 alone gets more than where they were. */
  readonly deadLetters: EncryptedBucket;
  /** Tries after the first. */
  readonly retryAttempts: number;
  /** How old a record may grow before it is given up. At most the stream's retention. */
  readonly maxRecordAge: Duration;
  readonly alarms: AlarmTopic;
  /** The age of the oldest record from which on it rings. @default a quarter of an hour */
  readonly late?: Duration;
}

/**
 * Has Lambda hand a stream's records to a function, at least once and in order of each shard. A
 * record that fails is tried again from itself on; a batch that crashes is halved until the culprit
 * is alone; what cannot be handled within the time lies whole among the dead letters, and the rest
 * goes on. It begins at the oldest record, so that none is lost between deployment and first read.
 */
export class StreamConsumer extends Construct {
  constructor(scope: Construct, id: string, props: StreamConsumerProps) {
    super(scope, id);
    const { source, function: consumer, deadLetters, alarms, filters = [] } = props;
    const read = source.grantConsume(consumer);
    const write = deadLetters.grantUse(consumer, ['PutObject', 'ListBucket'], GIVEN_UP_PREFIX);
    const mapping = new EventSourceMapping(this, 'Mapping', {
      target: consumer,
      eventSourceArn: source.arn,
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: props.batchSize,
      bisectBatchOnError: true,
      reportBatchItemFailures: true,
      retryAttempts: props.retryAttempts,
      maxRecordAge: props.maxRecordAge,
      onFailure: { bind: () => ({ destination: deadLetters.bucketArn }) },
      supportS3OnFailureDestination: true,
      metricsConfig: { metrics: [MetricType.EVENT_COUNT] },
      ...(filters.length === 0
        ? {}
        : { filters: filters.map((pattern) => ({ pattern: JSON.stringify(pattern) })) }),
    });
    // Lambda tries the role out when it makes the mapping: its policy must be there first.
    read.applyBefore(mapping);
    write.applyBefore(mapping);
    this.alarm(consumer, mapping, alarms, props.late ?? Duration.minutes(15));
  }

  private alarm(
    consumer: IFunction,
    mapping: EventSourceMapping,
    alarms: AlarmTopic,
    late: Duration,
  ): void {
    const name = consumer.node.id + this.node.id;
    alarms.watch(`${name}Late`, {
      metric: new Metric({
        namespace: 'AWS/Lambda',
        metricName: 'IteratorAge',
        statistic: 'Maximum',
        dimensionsMap: { FunctionName: consumer.functionName },
        period: ALARM_PERIOD,
      }),
      above: late.toMilliseconds(),
      meaning: `${consumer.node.id} is behind its stream: records wait longer than ${late.toHumanString()}; see its errors and throttles.`,
    });
    // Source: Lambda developer guide, "Event source mapping metrics".
    alarms.watch(`${name}GivenUp`, {
      metric: new Metric({
        namespace: 'AWS/Lambda',
        metricName: 'OnFailureDestinationDeliveredEventCount',
        statistic: 'Sum',
        dimensionsMap: {
          EventSourceMappingUUID: (mapping.node.defaultChild as CfnEventSourceMapping).attrId,
        },
        period: ALARM_PERIOD,
      }),
      above: 0,
      meaning: `Lambda gave up records for ${consumer.node.id}: they lie whole below ${GIVEN_UP_PREFIX} among the dead letters; mend the cause, then redrive them.`,
    });
  }
}
