import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Config } from '../config.ts';
import type { EnvironmentOf } from '../../lambdas/runtime/env.ts';
import type { produceEventsEnv } from '../../lambdas/produce-events/env.ts';
import { AlarmTopic, ALARM_PERIOD } from '../constructs/alarm-topic.ts';
import { CustomerKey } from '../constructs/customer-key.ts';
import { EncryptedStream } from '../constructs/encrypted-stream.ts';
import { NodeFunction } from '../constructs/node-function.ts';
import { consoleLink } from './console-link.ts';
import { letheMetric } from './lethe-metric.ts';
import { tagFromMap } from './data-map-tags.ts';

export interface SensitiveDataProducerStackProps extends StackProps {
  readonly config: Config;
}

/** Customer events and the stream that they flow in. */
export class SensitiveDataProducerStack extends Stack {
  /** Customer events, personal data in clear. */
  readonly stream: EncryptedStream;

  constructor(scope: Construct, id: string, props: SensitiveDataProducerStackProps) {
    const { config, ...stackProps } = props;
    const store = config.path.stream;
    const retain = config.stage === 'production';
    super(scope, id, {
      description: 'Lethe: customer events and the stream that they flow in',
      terminationProtection: retain,
      ...stackProps,
    });

    const key = new CustomerKey(this, 'Key', {
      description: 'Customer events in flight',
      retain,
      rotationPeriod: Duration.days(config.operations.keyRotationDays),
    });
    const alarms = new AlarmTopic(this, 'Alarms', {
      key,
      email: config.operations.alarmEmail,
      existingTopicArn: config.operations.alarmTopicArn,
    });

    this.stream = new EncryptedStream(this, 'CustomerEvents', {
      key,
      retain,
      capacity: config.stream.capacity,
      retentionPeriod: Duration.days(store.retention.days),
    });
    tagFromMap(this.stream, store);

    const environment: EnvironmentOf<typeof produceEventsEnv> = {
      STREAM_NAME: this.stream.streamName,
    };
    const producer = new NodeFunction(this, 'StreamDataProducer', {
      verb: 'produce-events',
      description: 'Puts made-up customer events into the stream for about a minute',
      environment,
      // A minute of sending, and what it keeps of its time to answer.
      timeout: Duration.seconds(63),
      alarms,
      logRetentionDays: config.operations.logRetentionDays,
      retain,
    });
    this.stream.grantPut(producer);

    alarms.watch('RecordsUnaccepted', {
      // The producer answers what went wrong rather than to fail, so that its Errors stay at none.
      metric: letheMetric('produce-events', 'RecordsUnaccepted'),
      above: 0,
      meaning:
        'The stream did not accept all events of a run: shards are too few, or it refuses them; see the answer and the log.',
    });
    alarms.watch('RecordsUnread', {
      metric: this.stream.metricGetRecordsIteratorAgeMilliseconds({
        statistic: 'Maximum',
        period: ALARM_PERIOD,
      }),
      above: Duration.minutes(15).toMilliseconds(),
      meaning:
        'A reader of the customer events is a quarter of an hour behind: records are lost once it falls behind the retention.',
    });

    new CfnOutput(this, 'streamDataProducer', {
      description: 'The producer in the console: press Test to send events',
      value: consoleLink(producer),
    });
    new CfnOutput(this, 'streamName', {
      description: 'The stream of customer events',
      value: this.stream.streamName,
    });
  }
}
