import { Aws, Duration } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  TreatMissingData,
  type AlarmProps,
  type IMetric,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic, type ITopic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { CustomerKey } from './customer-key.ts';

export interface AlarmTopicProps {
  /** Encrypts the messages. Not used with `existingTopicArn`. */
  readonly key: CustomerKey;
  /** @default nobody: subscribe later */
  readonly email: string | undefined;
  /** A topic to use instead of making one. @default a topic is made */
  readonly existingTopicArn: string | undefined;
}

/** What an alarm watches and from when on it rings. */
export interface Watch extends Partial<AlarmProps> {
  readonly metric: IMetric;
  /** Rings above this. */
  readonly above?: number;
  /** Rings below this. */
  readonly below?: number;
  /** What it means and what to do: whoever is woken reads it. */
  readonly meaning: string;
}

/** Where a stack's alarms ring. */
export class AlarmTopic extends Construct {
  readonly topic: ITopic;

  constructor(scope: Construct, id: string, { key, email, existingTopicArn }: AlarmTopicProps) {
    super(scope, id);
    if (existingTopicArn !== undefined) {
      this.topic = Topic.fromTopicArn(this, 'Topic', existingTopicArn);
      return;
    }
    this.topic = new Topic(this, 'Topic', { masterKey: key, enforceSSL: true });
    // CloudWatch publishes to an encrypted topic only if the key's own policy lets it.
    // Source: SNS developer guide, "Enable compatibility between event sources and encrypted topics".
    const cloudWatch = new ServicePrincipal('cloudwatch.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
    });
    this.topic.grantPublish(cloudWatch);
    if (email !== undefined) this.topic.addSubscription(new EmailSubscription(email));
  }

  /** Rings when the metric passes the bound in one period of 5 minutes. No data is no alarm. */
  watch(id: string, { above, below, meaning, ...props }: Watch): Alarm {
    const alarm = new Alarm(this, id, {
      threshold: above ?? below ?? 0,
      comparisonOperator:
        below === undefined
          ? ComparisonOperator.GREATER_THAN_THRESHOLD
          : ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      alarmDescription: meaning,
      ...props,
    });
    alarm.addAlarmAction(new SnsAction(this.topic));
    return alarm;
  }
}

/** How long a period of the house's alarms is. */
export const ALARM_PERIOD = Duration.minutes(5);
