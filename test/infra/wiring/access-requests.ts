import type { AwsCall } from './aws-stand-in.ts';
import { ACCOUNT, REGION, type DeployedStacks } from './intrinsics.ts';
import type { AccessRequest } from './policy-evaluator.ts';

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
    case 'secretsmanager':
      return secretsManager(deployed, call);
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

function dynamodb(deployed: DeployedStacks, { operation, input }: AwsCall): AccessRequest[] {
  const name = String(input['TableName']);
  const arn = `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/${name}`;
  const requests: AccessRequest[] = [
    { action: `dynamodb:${operation}`, resource: arn, context: {} },
  ];
  const table = deployed.resourcesOf('AWS::DynamoDB::Table').find((found) => found.arn() === arn);
  const encryption = table?.properties['SSESpecification'] as
    { KMSMasterKeyId?: string } | undefined;
  if (encryption?.KMSMasterKeyId !== undefined) {
    requests.push({
      action: 'kms:Decrypt',
      resource: encryption.KMSMasterKeyId,
      context: {
        'kms:ViaService': `dynamodb.${REGION}.amazonaws.com`,
        'kms:EncryptionContext:aws:dynamodb:tableName': name,
        'kms:EncryptionContext:aws:dynamodb:subscriberId': ACCOUNT,
      },
    });
  }
  return requests;
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
  }
  return requests;
}
