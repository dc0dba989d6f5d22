import { CreateTableCommand, DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import {
  CreateStreamCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
  ListShardsCommand,
  waitUntilStreamExists,
} from '@aws-sdk/client-kinesis';
import { CreateKeyCommand, type CreateKeyCommandInput, KMSClient } from '@aws-sdk/client-kms';
import { CreateBucketCommand, PutBucketVersioningCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { CreateTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import { randomBytes, randomUUID } from 'node:crypto';
import { certifySigner } from '../../lambdas/certify-signer/certify-signer.ts';
import { selfIssue } from '../../lambdas/certify-signer/self-issue.ts';
import { mintAgentKey } from '../../lib/api/auth/agent-keys.ts';
import { openKmsSigner } from '../../lib/aws/keys/kms-signer.ts';
import { dynamodbAgentDirectory } from '../../lib/aws/requests/dynamodb-agent-directory.ts';
import { REQUEST_TABLE } from '../../lib/core/ports/table-shapes.ts';
import { SAMPLE_SERVICES } from '../../lib/sample-services/sample-service.ts';
import { recordingLog } from '../fakes/recording-log.ts';
import { makeTable } from './requests/make-table.ts';
import { standIn } from './stand-in.ts';

export const SITE = { organisation: 'Example Ltd', baseUrl: 'https://dsr.example.com' };
export const LINK_KEY = randomBytes(32);

export function pathStyle() {
  return { ...standIn(), forcePathStyle: true };
}

export async function itemsOf(TableName: string): Promise<object[]> {
  const client = new DynamoDBClient(standIn());
  const { Items = [] } = await client.send(new ScanCommand({ TableName }));
  return Items;
}

/** What came onto a stream since the last call. */
export function readerOf(client: KinesisClient, StreamName: string): () => Promise<Uint8Array[]> {
  const iterators = new Map<string, string | undefined>();
  return async () => {
    const { Shards = [] } = await client.send(new ListShardsCommand({ StreamName }));
    const found: Uint8Array[] = [];
    for (const { ShardId } of Shards) {
      const from = { StreamName, ShardId, ShardIteratorType: 'TRIM_HORIZON' as const };
      const ShardIterator =
        iterators.get(ShardId!) ??
        (await client.send(new GetShardIteratorCommand(from))).ShardIterator;
      const answer = await client.send(new GetRecordsCommand({ ShardIterator }));
      iterators.set(ShardId!, answer.NextShardIterator);
      found.push(...(answer.Records ?? []).map(({ Data }) => Data!));
    }
    return found;
  };
}

/** All that the stacks make, as far as these functions use it. */
export async function makeRequestResources(env: Record<string, string>): Promise<void> {
  const tables = ['AGENTS', 'RATE_LIMITS', 'RECORDS'];
  for (const name of tables) env[`${name}_TABLE`] = (await makeTable()).tableName;
  env['REQUESTS_TABLE'] = (await makeTable(REQUEST_TABLE)).tableName;
  env['KEYS_TABLE'] = await makeKeyedTable('name');
  env['NOTICES_TABLE'] = await makeKeyedTable('dedupeKey');
  for (const name of ['GATHERED', 'PACKAGES', 'DEAD_LETTER', 'AUDIT']) {
    env[`${name}_BUCKET`] = await makeBucket(name);
  }
  const kinesis = new KinesisClient(standIn());
  for (const name of ['TASK', 'EVENT']) {
    const StreamName = `${name.toLowerCase()}-${randomUUID()}`;
    await kinesis.send(new CreateStreamCommand({ StreamName, ShardCount: 1 }));
    await waitUntilStreamExists({ client: kinesis, maxWaitTime: 30 }, { StreamName });
    env[`${name}_STREAM`] = StreamName;
  }
  for (const name of ['SUBJECT_HASH', 'MESSAGE']) {
    env[`${name}_KEY_SECRET`] = await makeSecret(randomBytes(32).toString('base64'));
  }
  env['LINK_KEY_SECRET'] = await makeSecret(LINK_KEY.toString('base64'));
  env['KEYS_KMS_KEY'] = await makeKmsKey({});
  env['SIGNING_KMS_KEY'] = await makeKmsKey({ KeySpec: 'RSA_3072', KeyUsage: 'SIGN_VERIFY' });
  const { publicKeyPem } = await openKmsSigner(new KMSClient(standIn()), env['SIGNING_KMS_KEY']);
  const domain = new URL(SITE.baseUrl).hostname;
  await certifySigner({
    ...{ publicKeyPem, domain, log: recordingLog() },
    read: () => Promise.resolve(''),
    write: async (pem) => {
      env['CERTIFICATE_SECRET'] = await makeSecret(pem);
    },
    issue: () => selfIssue(publicKeyPem, domain, Date.now()),
  });
  const sns = new SNSClient(standIn());
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: randomUUID() }));
  env['NOTICES_TOPIC'] = TopicArn!;
  env['MAIL_FROM'] = 'privacy@example.com';
  env['SITE'] = JSON.stringify(SITE);
  env['POLICY'] = JSON.stringify({ timeoutSeconds: { settling: 0 } });
  const routeOf = (name: string) => ({
    kind: 'lambda',
    functionArn: `arn:aws:lambda:us-east-1:111122223333:function:${name}`,
  });
  env['SERVICES'] = JSON.stringify(
    SAMPLE_SERVICES.map(({ name, stores }) => ({
      stores: stores.map((store) => store.name),
      route: routeOf(name),
    })),
  );
  env['CROSSWALK'] = JSON.stringify(routeOf('user-services'));
  const { apiKey, keyId, secretHash } = mintAgentKey((size) => randomBytes(size));
  const agents = dynamodbAgentDirectory({
    client: new DynamoDBClient(standIn()),
    tableName: env['AGENTS_TABLE']!,
  });
  const agent = { agentId: 'agent-1', controllerId: 'controller-1', vouches: true, secretHash };
  await agents.register({ keyId }, agent);
  env['API_KEY'] = apiKey;
}

/** A versioned bucket. */
export async function makeBucket(name: string): Promise<string> {
  const s3 = new S3Client(pathStyle());
  const Bucket = `${name.toLowerCase().replaceAll('_', '-')}-${randomUUID()}`;
  await s3.send(new CreateBucketCommand({ Bucket }));
  const VersioningConfiguration = { Status: 'Enabled' as const };
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
  return Bucket;
}

/** A table with nothing but a partition key. */
export async function makeKeyedTable(key: string): Promise<string> {
  const TableName = `table-${randomUUID()}`;
  await new DynamoDBClient(standIn()).send(
    new CreateTableCommand({
      TableName,
      AttributeDefinitions: [{ AttributeName: key, AttributeType: 'S' }],
      KeySchema: [{ AttributeName: key, KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
  return TableName;
}

export async function makeSecret(SecretString: string): Promise<string> {
  const secrets = new SecretsManagerClient(standIn());
  return (await secrets.send(new CreateSecretCommand({ Name: randomUUID(), SecretString }))).ARN!;
}

export async function makeKmsKey(options: CreateKeyCommandInput): Promise<string> {
  const kms = new KMSClient(standIn());
  return (await kms.send(new CreateKeyCommand(options))).KeyMetadata!.Arn!;
}
