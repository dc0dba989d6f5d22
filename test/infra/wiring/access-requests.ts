import type { AwsCall } from './aws-stand-in.ts';
import { ACCOUNT, REGION, type DeployedStacks } from './intrinsics.ts';
import type { AccessRequest } from './policy-evaluator.ts';
import { s3AccessRequests } from './s3-protocol.ts';
import { warehouseRequests } from './warehouse-requests.ts';

/**
 * What IAM would be asked when a call is made: leave for the call itself and for the uses of KMS that
 * the service makes in the caller's name.
 * Sources: Service Authorization Reference; Kinesis developer guide, "Permissions to use
 * user-generated KMS keys"; DynamoDB developer guide, "DynamoDB encryption at rest: usage notes";
 * Secrets Manager user guide, "Secret encryption and decryption".
 */
export function accessRequests(deployed: DeployedStacks, call: AwsCall): AccessRequest[] {
  switch (call.service) {
    case 'kinesis':
      return kinesis(deployed, call);
    case 'dynamodb':
      return dynamodb(deployed, call);
    case 's3':
      return s3AccessRequests(deployed, call);
    case 'secretsmanager':
      return secretsManager(deployed, call);
    case 'kms':
      return [kms(call)];
    case 'lambda':
      return call.operation === 'Invoke' ? [invocation(call)] : functionUrl(deployed, call);
    case 'cognito-idp':
      // A pool's keys are everybody's.
      return [];
    case 'ses':
      return mail(call);
    case 'sns':
      return notice(deployed, call);
    case 'redshift':
    case 'redshift-data':
    case 'redshift-serverless':
      return warehouseRequests(deployed, call);
    default:
      throw new Error(`Teach access-requests.ts which resource a call to ${call.service} needs`);
  }
}

function kinesis(deployed: DeployedStacks, { operation, input }: AwsCall): AccessRequest[] {
  const name = input['StreamName'];
  const arn =
    typeof name === 'string'
      ? `arn:aws:kinesis:${REGION}:${ACCOUNT}:stream/${name}`
      : String(input['StreamARN']);
  const requests: AccessRequest[] = [
    { action: `kinesis:${operation}`, resource: arn, context: {} },
  ];
  const stream = deployed.resourcesOf('AWS::Kinesis::Stream').find((found) => found.arn() === arn);
  const encryption = stream?.properties['StreamEncryption'] as { KeyId: string } | undefined;
  if (encryption !== undefined && operation.startsWith('PutRecord')) {
    requests.push({
      action: 'kms:GenerateDataKey',
      resource: encryption.KeyId,
      context: {
        'kms:ViaService': `kinesis.${REGION}.amazonaws.com`,
        'kms:EncryptionContext:aws:kinesis:arn': arn,
      },
    });
  }
  return requests;
}

function dynamodb(deployed: DeployedStacks, call: AwsCall): AccessRequest[] {
  const parts = partsOf(call);
  const tables = [...new Set(parts.map(({ table }) => table))];
  const uses = parts.map(({ action, table, index }): AccessRequest => {
    const arn = tableArn(table) + (index === undefined ? '' : `/index/${index}`);
    return { action: `dynamodb:${action}`, resource: arn, context: {} };
  });
  return [...uses, ...tables.flatMap((table) => keyUse(deployed, table))];
}

interface Part {
  readonly action: string;
  readonly table: string;
  readonly index?: string;
}

/**
 * A transaction asks for what each of its parts is.
 * Source: DynamoDB developer guide, "Amazon DynamoDB transactions: how it works", IAM.
 */
function partsOf({ operation, input }: AwsCall): Part[] {
  if (operation === 'TransactWriteItems') {
    const actions: Record<string, string> = {
      Put: 'PutItem',
      Update: 'UpdateItem',
      Delete: 'DeleteItem',
      ConditionCheck: 'ConditionCheckItem',
    };
    return (input['TransactItems'] as Record<string, { TableName: string }>[]).flatMap((item) =>
      Object.entries(item).map(([kind, { TableName }]) => ({
        action: actions[kind]!,
        table: TableName,
      })),
    );
  }
  if (operation.startsWith('Batch')) {
    return Object.keys(input['RequestItems'] as object).map((table) => ({
      action: operation,
      table,
    }));
  }
  const { TableName, IndexName } = input;
  return [
    {
      action: operation,
      table: String(TableName),
      ...(typeof IndexName === 'string' ? { index: IndexName } : {}),
    },
  ];
}

function tableArn(name: string): string {
  return `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/${name}`;
}

/** What DynamoDB does with a table's key in the caller's name. */
export function keyUse(deployed: DeployedStacks, name: string): AccessRequest[] {
  const table = deployed
    .resourcesOf('AWS::DynamoDB::Table')
    .find((found) => found.arn() === tableArn(name));
  const encryption = table?.properties['SSESpecification'] as
    { KMSMasterKeyId?: string } | undefined;
  if (encryption?.KMSMasterKeyId === undefined) return [];
  const via = { 'kms:ViaService': `dynamodb.${REGION}.amazonaws.com` };
  return [
    {
      action: 'kms:Decrypt',
      resource: encryption.KMSMasterKeyId,
      context: {
        ...via,
        'kms:EncryptionContext:aws:dynamodb:tableName': name,
        'kms:EncryptionContext:aws:dynamodb:subscriberId': ACCOUNT,
      },
    },
    // DynamoDB looks whether the key is in force.
    { action: 'kms:DescribeKey', resource: encryption.KMSMasterKeyId, context: via },
  ];
}

function kms({ operation, input }: AwsCall): AccessRequest {
  const context = Object.entries((input['EncryptionContext'] ?? {}) as Record<string, string>);
  const algorithm = input['SigningAlgorithm'];
  return {
    action: `kms:${operation}`,
    resource: String(input['KeyId']),
    context: {
      ...Object.fromEntries(context.map(([key, value]) => [`kms:EncryptionContext:${key}`, value])),
      ...(typeof algorithm === 'string' ? { 'kms:SigningAlgorithm': algorithm } : {}),
    },
  };
}

/** Source: Service Authorization Reference, AWS Lambda: the API's Invoke is named otherwise there. */
function invocation({ input }: AwsCall): AccessRequest {
  return { action: 'lambda:InvokeFunction', resource: String(input['FunctionName']), context: {} };
}

/** Source: Lambda developer guide, "Control access to Lambda function URLs". */
function functionUrl(deployed: DeployedStacks, { input }: AwsCall): AccessRequest[] {
  const resource = deployed.functionAt(String(input['host']));
  return [
    {
      action: 'lambda:InvokeFunctionUrl',
      resource,
      context: { 'lambda:FunctionUrlAuthType': 'AWS_IAM' },
    },
    {
      action: 'lambda:InvokeFunction',
      resource,
      context: { 'lambda:InvokedViaFunctionUrl': 'true' },
    },
  ];
}

/** Source: Service Authorization Reference, Amazon Simple Email Service v2. */
function mail({ operation, input }: AwsCall): AccessRequest[] {
  const from = String(input['FromEmailAddress']);
  const address = /<([^>]+)>/.exec(from)?.[1] ?? from;
  const context = { 'ses:FromAddress': address };
  const arn = (name: string): string => `arn:aws:ses:${REGION}:${ACCOUNT}:${name}`;
  const set = input['ConfigurationSetName'];
  return [
    { action: `ses:${operation}`, resource: arn(`identity/${address}`), context },
    ...(typeof set === 'string'
      ? [{ action: `ses:${operation}`, resource: arn(`configuration-set/${set}`), context }]
      : []),
  ];
}

function notice(deployed: DeployedStacks, { operation, input }: AwsCall): AccessRequest[] {
  const arn = String(input['TopicArn']);
  const topic = deployed.resourcesOf('AWS::SNS::Topic').find((found) => found.arn() === arn);
  const key = topic?.properties['KmsMasterKeyId'];
  const context = {
    'kms:ViaService': `sns.${REGION}.amazonaws.com`,
    'kms:EncryptionContext:aws:sns:topicArn': arn,
  };
  return [
    { action: `sns:${operation}`, resource: arn, context: {} },
    ...(typeof key === 'string'
      ? ['kms:Decrypt', 'kms:GenerateDataKey'].map((action) => ({ action, resource: key, context }))
      : []),
  ];
}

function secretsManager(deployed: DeployedStacks, { operation, input }: AwsCall): AccessRequest[] {
  const arn = String(input['SecretId']);
  const requests: AccessRequest[] = [
    { action: `secretsmanager:${operation}`, resource: arn, context: {} },
  ];
  const secret = deployed
    .resourcesOf('AWS::SecretsManager::Secret')
    .find((found) => found.arn() === arn);
  const keyArn = secret?.properties['KmsKeyId'];
  if (typeof keyArn === 'string') {
    requests.push({
      action: 'kms:Decrypt',
      resource: keyArn,
      context: {
        'kms:ViaService': `secretsmanager.${REGION}.amazonaws.com`,
        'kms:EncryptionContext:SecretARN': arn,
      },
    });
    if (operation.startsWith('Put')) {
      requests.push({ ...requests.at(-1)!, action: 'kms:GenerateDataKey' });
    }
  }
  return requests;
}
