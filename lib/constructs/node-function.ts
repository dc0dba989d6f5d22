import { Duration, Validations } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  Function,
  Runtime,
  Tracing,
  type FunctionProps,
} from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { ALARM_PERIOD, type AlarmTopic } from './alarm-topic.ts';
import { functionCode } from './function-bundles.ts';
import { OperationsLog } from './operations-log.ts';

export interface NodeFunctionProps<
  Environment extends Readonly<Record<string, string | undefined>>,
> extends Omit<
  FunctionProps,
  'code' | 'handler' | 'runtime' | 'environment' | 'role' | 'logGroup'
> {
  /** The folder below lambdas/ that holds its handler.ts. */
  readonly verb: string;
  /** Exactly what its env.ts asks for: pass `EnvironmentOf<typeof spec>`. */
  readonly environment: Environment;
  readonly alarms: AlarmTopic;
  /** Days that its logs stay. They hold no personal data. */
  readonly logRetentionDays: number;
  /** Whether the logs must outlive the stack. */
  readonly retain: boolean;
}

/** A function on Lambda with a role that can do nothing but log and trace until it is granted more. */
export class NodeFunction<
  Environment extends Readonly<Record<string, string | undefined>>,
> extends Function {
  constructor(
    scope: Construct,
    id: string,
    {
      verb,
      environment,
      alarms,
      logRetentionDays,
      retain,
      ...props
    }: NodeFunctionProps<Environment>,
  ) {
    // CDK's own role takes a managed policy that may write every log of the account.
    const role = new Role(scope, `${id}Role`, {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    });
    const logGroup = new OperationsLog(scope, `${id}Log`, {
      retentionDays: logRetentionDays,
      retain,
    });
    super(scope, id, {
      code: functionCode(scope, verb),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: 512,
      timeout: Duration.minutes(1),
      tracing: Tracing.ACTIVE,
      role,
      logGroup,
      ...props,
      environment: { NODE_OPTIONS: '--enable-source-maps', ...written(environment) },
    });
    logGroup.grantWrite(role);
    Validations.of(role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason:
        'xray:PutTraceSegments and xray:PutTelemetryRecords take no resource (Service Authorization Reference, AWS X-Ray); nothing else in this role is granted on *, which a test proves.',
    });

    alarms.watch(`${id}Errors`, {
      metric: this.metricErrors({ period: ALARM_PERIOD }),
      above: 0,
      meaning: `${verb} failed or timed out: see its log group.`,
    });
    alarms.watch(`${id}Throttles`, {
      metric: this.metricThrottles({ period: ALARM_PERIOD }),
      above: 0,
      meaning: `${verb} was refused for want of concurrency: raise the account's or its own.`,
    });
  }
}

function written(
  environment: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    ),
  );
}
