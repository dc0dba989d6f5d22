import { Aws, Duration, Names, Stack, Validations } from 'aws-cdk-lib';
import { Grant, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnSchedule, CfnScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { ALARM_PERIOD, type AlarmTopic } from './alarm-topic.ts';
import type { CustomerKey } from './customer-key.ts';

export interface TimerProps {
  readonly function: IFunction;
  /** Encrypts calls that could not be made. */
  readonly key: CustomerKey;
  readonly alarms: AlarmTopic;
}

/**
 * Calls a function at intervals, by EventBridge Scheduler. What it cannot call in time waits in a
 * queue for a person: the next call does the work, so nothing reads the queue but the alarm.
 */
export class Timer extends Construct {
  private readonly target: IFunction;
  private readonly role: Role;
  private readonly missed: Queue;
  private readonly group: CfnScheduleGroup;

  constructor(scope: Construct, id: string, { function: target, key, alarms }: TimerProps) {
    super(scope, id);
    this.target = target;
    // Named here, as the role's trust names it before the group is there.
    const name = Names.uniqueResourceName(this, { maxLength: 64, separator: '-' });
    this.group = new CfnScheduleGroup(this, 'Group', { name });
    this.missed = new Queue(this, 'Missed', {
      encryption: QueueEncryption.KMS,
      encryptionMasterKey: key,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    Validations.of(this.missed).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason:
        'It is itself where calls land that could not be made; nothing receives from it, so nothing can fail on the way out.',
    });
    this.role = new Role(this, 'Role', {
      // Without the condition, the scheduler could be made to use the role by another account.
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: {
          StringEquals: {
            'aws:SourceAccount': Aws.ACCOUNT_ID,
            'aws:SourceArn': Stack.of(this).formatArn({
              service: 'scheduler',
              resource: 'schedule-group',
              resourceName: name,
            }),
          },
        },
      }),
    });
    Grant.addToPrincipal({
      grantee: this.role,
      actions: ['lambda:InvokeFunction'],
      resourceArns: [target.functionArn],
    });
    Grant.addToPrincipal({
      grantee: this.role,
      actions: ['sqs:SendMessage'],
      resourceArns: [this.missed.queueArn],
    });
    key.grantThrough(this.role, {
      service: 'sqs',
      actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
      context: { 'aws:sqs:arn': [this.missed.queueArn] },
    });
    alarms.watch(`${id}Missed`, {
      metric: this.missed.metricApproximateNumberOfMessagesVisible({
        statistic: 'Maximum',
        period: ALARM_PERIOD,
      }),
      above: 0,
      meaning: `${target.node.id} could not be called in time: see its throttles and this queue; purge the queue when it runs again.`,
    });
  }

  /** Calls the function with `input` every so often; a late call is dropped once the next is due. */
  every(id: string, interval: Duration, input: object): void {
    const minutes = interval.toMinutes();
    const schedule = new CfnSchedule(this, id, {
      groupName: this.group.ref,
      scheduleExpression: minutes === 1 ? 'rate(1 minute)' : `rate(${minutes} minutes)`,
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: this.target.functionArn,
        roleArn: this.role.roleArn,
        input: JSON.stringify(input),
        // Source: EventBridge Scheduler API reference, RetryPolicy: at least 60 seconds.
        retryPolicy: {
          maximumEventAgeInSeconds: Math.max(60, interval.toSeconds()),
          maximumRetryAttempts: 2,
        },
        deadLetterConfig: { arn: this.missed.queueArn },
      },
    });
    schedule.node.addDependency(this.role);
  }
}
