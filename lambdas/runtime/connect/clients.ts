import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { S3_CONNECTION } from '../../../lib/aws/s3-connection.ts';
import { traced } from '../trace.ts';

// One function a client: what a function does not call stays out of its bundle.

/** A call must end long before the function does; whoever called decides what is done again. */
const CALL = { connectionTimeout: 1_000, requestTimeout: 5_000, throwOnRequestTimeout: true };
const CLIENT = { maxAttempts: 3, requestHandler: CALL };
/** Objects may be large, and are streamed. */
const OBJECTS = {
  maxAttempts: 3,
  requestHandler: { ...S3_CONNECTION, ...CALL, requestTimeout: 30_000 },
};
/** A service's own time-out is the protocol's; a call that was lost is not made twice here. */
const ONCE = { maxAttempts: 1, requestHandler: { ...CALL, requestTimeout: 15_000 } };

export function dynamodbClient(service: string): DynamoDBClient {
  return traced(service, new DynamoDBClient(CLIENT));
}

export function kmsClient(service: string): KMSClient {
  return traced(service, new KMSClient(CLIENT));
}

export function secretsClient(service: string): SecretsManagerClient {
  return traced(service, new SecretsManagerClient(CLIENT));
}

export function s3Client(service: string): S3Client {
  return traced(service, new S3Client(OBJECTS));
}

export function lambdaClient(service: string): LambdaClient {
  return traced(service, new LambdaClient(ONCE));
}
