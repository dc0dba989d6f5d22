import { ArnFormat, Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { Grant, Policy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import {
  type CfnStateMachine,
  DefinitionBody,
  LogLevel,
  StateMachine,
  type StateMachineProps,
} from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { ALARM_PERIOD, type AlarmTopic } from './alarm-topic.ts';
import { OperationsLog } from './operations-log.ts';

export interface RunMachineProps extends Omit<
  StateMachineProps,
  'definition' | 'definitionBody' | 'role'
> {
  /** Amazon States Language. */
  readonly definition: object;
  /** What it calls. */
  readonly functions: readonly IFunction[];
  readonly alarms: AlarmTopic;
  readonly logRetentionDays: number;
  /** Whether it and its logs must outlive the stack. */
  readonly retain: boolean;
}

/**
 * A standard state machine with distributed maps, written out in its own language, whose role may
 * call its functions and run its own children, and nothing more until it is granted.
 */
export class RunMachine extends StateMachine {
  constructor(scope: Construct, id: string, props: RunMachineProps) {
    const { definition, functions, alarms, logRetentionDays, retain, ...others } = props;
    const role = new Role(scope, `${id}Role`, {
      assumedBy: new ServicePrincipal('states.amazonaws.com'),
    });
    const logGroup = new OperationsLog(scope, `${id}Log`, {
      retentionDays: logRetentionDays,
      retain,
    });
    super(scope, id, {
      definitionBody: DefinitionBody.fromString(JSON.stringify(definition)),
      role,
      tracingEnabled: true,
      // What goes in and out of states are names of runs and counts; even so it is left out.
      logs: { destination: logGroup, level: LogLevel.ALL, includeExecutionData: false },
      removalPolicy: retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      ...others,
    });
    Grant.addToPrincipal({
      grantee: role,
      actions: ['lambda:InvokeFunction'],
      resourceArns: functions.map((each) => each.functionArn),
    });
    Validations.of(role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason:
        'Step Functions delivers its logs and traces by actions that take no resource (developer guide, "Logging using CloudWatch Logs" and "X-Ray"); nothing else in this role is granted on *, which a test proves.',
    });
    this.letMapsRun(role);

    alarms.watch(`${id}Failed`, {
      metric: this.metricFailed({ period: ALARM_PERIOD }),
      above: 0,
      meaning:
        'An archive run failed: see its execution, mend the cause, then redrive it; it goes on where it was.',
    });
    alarms.watch(`${id}TimedOut`, {
      metric: this.metricTimedOut({ period: ALARM_PERIOD }),
      above: 0,
      meaning:
        'An archive run is stuck: start it again with {"runId": "<its name>"}; it goes on where it was.',
    });
    alarms.watch(`${id}Slow`, {
      metric: this.metricTime({ period: Duration.hours(1), statistic: 'Maximum' }),
      above: Duration.days(1).toMilliseconds(),
      meaning:
        'An archive run took longer than a day: see how many objects it reads and whether filters are missing.',
    });
  }

  /**
   * Lets a function see whether an execution of the machine is at work. In a policy of its own: the
   * machine waits for its functions, which would wait for a policy that names the machine.
   */
  letSeeExecutions(grantee: IFunction): void {
    const policy = new Policy(this, 'Executions', {
      roles: [grantee.role!],
      statements: [
        new PolicyStatement({
          actions: ['states:DescribeExecution'],
          resources: [this.executions(':*')],
        }),
      ],
    });
    this.answerFor(policy, ':*');
  }

  /**
   * A distributed map starts and watches children of its own machine.
   * Source: Step Functions developer guide, "IAM policies for using Distributed Map states".
   */
  private letMapsRun(role: Role): void {
    const policy = new Policy(this, 'Maps', {
      roles: [role],
      statements: [
        new PolicyStatement({
          actions: ['states:StartExecution'],
          resources: [this.stateMachineArn],
        }),
        new PolicyStatement({
          actions: ['states:DescribeExecution', 'states:StopExecution'],
          resources: [this.executions(':*')],
        }),
        new PolicyStatement({
          actions: ['states:RedriveExecution'],
          resources: [this.executions('/*')],
        }),
      ],
    });
    this.answerFor(policy, ':*');
    this.answerFor(policy, '/*');
  }

  private executions(which: string): string {
    return Stack.of(this).formatArn({
      service: 'states',
      resource: 'execution',
      resourceName: `${this.stateMachineName}${which}`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  }

  private answerFor(policy: Policy, which: string): void {
    const id = Stack.of(this).getLogicalId(this.node.defaultChild as CfnStateMachine);
    Validations.of(policy).acknowledge({
      id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:<${id}.Name>${which}]`,
      reason:
        'Executions are named as they come; the role reaches those of this one state machine alone.',
    });
  }
}
