import { Aws, Duration, Stack, Validations } from 'aws-cdk-lib';
import { Grant, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnSchedule, CfnScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { ALARM_PERIOD, type AlarmTopic } from './alarm-topic.ts';
import type { CustomerKey } from './customer-key.ts';

export interface MachineTimerProps {
  readonly machine: IStateMachine;
  /** Encrypts starts that could not be made. */
  readonly key: CustomerKey;
  readonly alarms: AlarmTopic;
}

/** Starts a state machine at intervals, by EventBridge Scheduler; as Timer does for functions. */
export class MachineTimer extends Construct {
  private readonly machine: IStateMachine;
  private readonly role: Role;
  private readonly missed: Queue;
  private readonly group: CfnScheduleGroup;

  constructor(scope: Construct, id: string, { machine, key, alarms }: MachineTimerProps) {
    super(scope, id);
    this.machine = machine;
    const name = `${Stack.of(this).stackName}-${id}`;
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
        'It is itself where starts land that could not be made; nothing receives from it, so nothing can fail on the way out.',
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
      actions: ['states:StartExecution'],
      resourceArns: [machine.stateMachineArn],
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
      meaning: `${machine.node.id} could not be started in time: see this queue; purge it when it runs again.`,
    });
  }

  /** Starts the machine every so often; a late start is dropped once the next is due. */
  every(id: string, interval: Duration): void {
    const schedule = new CfnSchedule(this, id, {
      groupName: this.group.ref,
      scheduleExpression: `rate(${interval.toMinutes()} minutes)`,
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: this.machine.stateMachineArn,
        roleArn: this.role.roleArn,
        input: '{}',
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
