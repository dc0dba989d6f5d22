import { RemovalPolicy, Validations, type Duration } from 'aws-cdk-lib';
import { Grant, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { DefinitionBody, LogLevel, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { ALARM_PERIOD, type AlarmTopic } from './alarm-topic.ts';
import { OperationsLog } from './operations-log.ts';

export interface StepMachineProps {
  /** Amazon States Language. */
  readonly definition: object;
  /** What it calls. */
  readonly function: IFunction;
  readonly timeout: Duration;
  readonly alarms: AlarmTopic;
  /** What a failure means and what to do. */
  readonly meaning: string;
  readonly logRetentionDays: number;
  readonly retain: boolean;
}

/** A standard state machine that calls one function, step by step, and may do nothing else. */
export class StepMachine extends StateMachine {
  constructor(scope: Construct, id: string, props: StepMachineProps) {
    const { definition, function: called, timeout, alarms, meaning, retain } = props;
    const role = new Role(scope, `${id}Role`, {
      assumedBy: new ServicePrincipal('states.amazonaws.com'),
    });
    const log = new OperationsLog(scope, `${id}Log`, {
      retentionDays: props.logRetentionDays,
      retain,
    });
    super(scope, id, {
      definitionBody: DefinitionBody.fromString(JSON.stringify(definition)),
      ...{ role, timeout, tracingEnabled: true },
      logs: { destination: log, level: LogLevel.ALL, includeExecutionData: false },
      removalPolicy: retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    Grant.addToPrincipal({
      grantee: role,
      actions: ['lambda:InvokeFunction'],
      resourceArns: [called.functionArn],
    });
    Validations.of(role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason:
        'Step Functions delivers its logs and traces by actions that take no resource (developer guide, "Logging using CloudWatch Logs" and "X-Ray"); nothing else in this role is granted on *.',
    });
    for (const [what, metric] of [
      ['Failed', this.metricFailed({ period: ALARM_PERIOD })],
      ['TimedOut', this.metricTimedOut({ period: ALARM_PERIOD })],
    ] as const) {
      alarms.watch(`${id}${what}`, { metric, above: 0, meaning });
    }
  }
}
