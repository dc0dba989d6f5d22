import { Duration, Validations } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import {
  LogLevel,
  NodejsFunction,
  OutputFormat,
  type NodejsFunctionProps,
} from 'aws-cdk-lib/aws-lambda-nodejs';
import type { Construct } from 'constructs';
import { fileURLToPath } from 'node:url';
import { ALARM_PERIOD, type AlarmTopic } from './alarm-topic.ts';
import { OperationsLog } from './operations-log.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

export interface NodeFunctionProps<
  Environment extends Readonly<Record<string, string | undefined>>,
> extends Omit<NodejsFunctionProps, 'entry' | 'environment' | 'role' | 'logGroup'> {
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
> extends NodejsFunction {
  constructor(
    scope: Construct,
    id: string,
    {
      verb,
      environment,
      alarms,
      logRetentionDays,
      retain,
      bundling,
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
      entry: `${root}lambdas/${verb}/handler.ts`,
      projectRoot: root,
      depsLockFilePath: `${root}package-lock.json`,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: 512,
      timeout: Duration.minutes(1),
      tracing: Tracing.ACTIVE,
      awsSdkConnectionReuse: false,
      role,
      logGroup,
      ...props,
      environment: { NODE_OPTIONS: '--enable-source-maps', ...written(environment) },
      bundling: {
        logLevel: LogLevel.WARNING,
        format: OutputFormat.ESM,
        minify: true,
        sourceMap: true,
        sourcesContent: false,
        // Tree-shaken, and the versions that were tested: docs/adr/0008-bundled-aws-sdk.md.
        bundleAwsSDK: true,
        mainFields: ['module', 'main'],
        // CommonJS inside the bundle asks for Node's own modules by `require`, which ESM has not.
        banner:
          "import { createRequire } from 'node:module';const require = createRequire(import.meta.url);",
        ...bundling,
      },
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
