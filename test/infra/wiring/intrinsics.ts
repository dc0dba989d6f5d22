import type { CloudAssembly } from 'aws-cdk-lib/cx-api';

export const REGION = 'eu-west-1';
export const ACCOUNT = '123456789012';

interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs?: Readonly<Record<string, { Value: unknown; Export?: { Name: string } }>>;
}

const PSEUDO: Readonly<Record<string, string>> = {
  'AWS::Region': REGION,
  'AWS::AccountId': ACCOUNT,
  'AWS::Partition': 'aws',
  'AWS::URLSuffix': 'amazonaws.com',
};

/** How CloudFormation would answer Ref and GetAtt Arn, by type; `name` is the physical name. */
const KINDS: Readonly<
  Record<string, { named?: string; ref: 'name' | 'arn'; arn: (name: string) => string }>
> = {
  'AWS::Kinesis::Stream': { named: 'Name', ref: 'name', arn: regional('kinesis', 'stream/') },
  'AWS::DynamoDB::Table': { named: 'TableName', ref: 'name', arn: regional('dynamodb', 'table/') },
  'AWS::S3::Bucket': { named: 'BucketName', ref: 'name', arn: (name) => `arn:aws:s3:::${name}` },
  'AWS::KMS::Key': { ref: 'name', arn: regional('kms', 'key/') },
  'AWS::StepFunctions::StateMachine': {
    named: 'StateMachineName',
    ref: 'arn',
    arn: regional('states', 'stateMachine:'),
  },
  'AWS::SQS::Queue': {
    named: 'QueueName',
    // Ref is its URL, which no function of ours is given.
    ref: 'name',
    arn: regional('sqs', ''),
  },
  'AWS::SNS::Topic': { named: 'TopicName', ref: 'arn', arn: regional('sns', '') },
  'AWS::Lambda::Function': {
    named: 'FunctionName',
    ref: 'name',
    arn: regional('lambda', 'function:'),
  },
  'AWS::SecretsManager::Secret': {
    named: 'Name',
    ref: 'arn',
    arn: (name) => `${regional('secretsmanager', 'secret:')(name)}-AbCdEf`,
  },
  'AWS::IAM::Role': {
    named: 'RoleName',
    ref: 'name',
    arn: (name) => `arn:aws:iam::${ACCOUNT}:role/${name}`,
  },
  'AWS::Logs::LogGroup': {
    named: 'LogGroupName',
    ref: 'name',
    arn: (name) => `${regional('logs', 'log-group:')(name)}:*`,
  },
  'AWS::RedshiftServerless::Namespace': {
    named: 'NamespaceName',
    ref: 'name',
    arn: regional('redshift-serverless', 'namespace/'),
  },
  'AWS::RedshiftServerless::Workgroup': {
    named: 'WorkgroupName',
    ref: 'name',
    arn: regional('redshift-serverless', 'workgroup/'),
  },
  'AWS::EC2::Subnet': { ref: 'name', arn: regional('ec2', 'subnet/') },
  'AWS::EC2::SecurityGroup': { ref: 'name', arn: regional('ec2', 'security-group/') },
  'AWS::Lambda::Url': { ref: 'name', arn: (name) => name },
  'AWS::Lambda::EventSourceMapping': {
    ref: 'name',
    arn: regional('lambda', 'event-source-mapping:'),
  },
  'AWS::ApiGateway::RestApi': {
    // An id of letters and digits; a host name begins with it.
    named: 'Name',
    ref: 'name',
    arn: regional('apigateway', '/restapis/'),
  },
  'AWS::SES::ConfigurationSet': {
    named: 'Name',
    ref: 'name',
    arn: regional('ses', 'configuration-set/'),
  },
  'AWS::Cognito::UserPool': { ref: 'name', arn: regional('cognito-idp', 'userpool/') },
  'AWS::Cognito::UserPoolClient': { ref: 'name', arn: regional('cognito-idp', 'client/') },
  'AWS::Logs::LogStream': { ref: 'name', arn: regional('logs', 'log-stream:') },
  'AWS::KinesisFirehose::DeliveryStream': {
    named: 'DeliveryStreamName',
    ref: 'name',
    arn: regional('firehose', 'deliverystream/'),
  },
};

function urlHost(stack: string, id: string): string {
  const name = `${stack}${id}`.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  return `${name.slice(-32)}.lambda-url.${REGION}.on.aws`;
}

function regional(service: string, kind: string): (name: string) => string {
  return (name) => `arn:aws:${service}:${REGION}:${ACCOUNT}:${kind}${name}`;
}

/** Stacks as if deployed: intrinsic functions answer what CloudFormation would, names made up. */
export class DeployedStacks {
  readonly templates: ReadonlyMap<string, Template>;

  constructor(assembly: CloudAssembly) {
    this.templates = new Map(
      assembly.stacks.map((stack) => [stack.stackName, stack.template as Template]),
    );
  }

  /** All resources of a type, their properties resolved. */
  resourcesOf(
    type: string,
  ): { stack: string; id: string; arn: () => string; properties: Record<string, unknown> }[] {
    return [...this.templates].flatMap(([stack, template]) =>
      Object.entries(template.Resources)
        .filter(([, resource]) => resource.Type === type)
        .map(([id, resource]) => ({
          stack,
          id,
          arn: () => this.arn(stack, id),
          properties: this.resolve(stack, resource.Properties ?? {}) as Record<string, unknown>,
        })),
    );
  }

  /** A value of a template with all intrinsic functions answered. @throws Error on unknown ones. */
  resolve(stack: string, value: unknown): unknown {
    if (Array.isArray(value)) return value.map((item) => this.resolve(stack, item));
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value) as [string, unknown][];
    const [first] = entries;
    if (entries.length === 1 && first !== undefined) {
      const [name, argument] = first;
      if (name === 'Ref') return this.ref(stack, String(argument));
      if (name.startsWith('Fn::')) return this.call(stack, name, argument);
    }
    return Object.fromEntries(entries.map(([key, inner]) => [key, this.resolve(stack, inner)]));
  }

  private call(stack: string, name: string, argument: unknown): unknown {
    switch (name) {
      case 'Fn::GetAtt': {
        const [id, attribute] = argument as [string, string];
        return this.attribute(stack, id, attribute);
      }
      case 'Fn::Join': {
        const [separator, parts] = this.resolve(stack, argument) as [string, string[]];
        return parts.join(separator);
      }
      case 'Fn::Sub':
        return String(argument).replace(/\$\{([^}]+)\}/g, (_, id: string) => this.ref(stack, id));
      case 'Fn::ImportValue':
        return this.imported(String(argument));
      default:
        throw new Error(`Teach intrinsics.ts ${name}`);
    }
  }

  private attribute(stack: string, id: string, attribute: string): string {
    switch (attribute) {
      case 'Arn':
      case 'Workgroup.WorkgroupArn':
        return this.arn(stack, id);
      case 'StreamArn':
        return `${this.arn(stack, id)}/stream/2026-01-01T00:00:00.000`;
      case 'FunctionUrl':
        return `https://${urlHost(stack, id)}/`;
      case 'Name':
        return this.identify(stack, id).name;
      case 'Id':
      case 'GroupId':
        return this.ref(stack, id);
      default:
        throw new Error(`Teach intrinsics.ts ${id}.${attribute}`);
    }
  }

  /** The ARN of the function behind a function URL. */
  functionAt(host: string): string {
    const found = this.resourcesOf('AWS::Lambda::Url').find(
      ({ stack, id }) => urlHost(stack, id) === host,
    );
    if (found === undefined) throw new Error(`No function has a URL at ${host}`);
    return String(found.properties['TargetFunctionArn']);
  }

  private imported(name: string): unknown {
    for (const [stack, { Outputs = {} }] of this.templates) {
      for (const { Value, Export } of Object.values(Outputs)) {
        if (Export?.Name === name) return this.resolve(stack, Value);
      }
    }
    throw new Error(`No stack exports ${name}`);
  }

  private ref(stack: string, id: string): string {
    const pseudo = PSEUDO[id];
    if (pseudo !== undefined) return pseudo;
    const { kind, name } = this.identify(stack, id);
    return kind.ref === 'arn' ? kind.arn(name) : name;
  }

  private arn(stack: string, id: string): string {
    const { kind, name } = this.identify(stack, id);
    return kind.arn(name);
  }

  private identify(stack: string, id: string): { kind: (typeof KINDS)[string]; name: string } {
    const resource = this.templates.get(stack)?.Resources[id];
    const kind = resource === undefined ? undefined : KINDS[resource.Type];
    if (resource === undefined || kind === undefined) {
      throw new Error(`Teach intrinsics.ts ${resource?.Type ?? `what ${id} in ${stack} is`}`);
    }
    const named = kind.named === undefined ? undefined : resource.Properties?.[kind.named];
    const name = named === undefined ? `${stack}-${id}` : String(this.resolve(stack, named));
    return { kind, name: resource.Type === 'AWS::S3::Bucket' ? name.toLowerCase() : name };
  }
}
