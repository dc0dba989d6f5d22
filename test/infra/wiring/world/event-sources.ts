import { keyUse } from '../access-requests.ts';
import { ACCOUNT, REGION, type DeployedStacks } from '../intrinsics.ts';
import type { AccessRequest } from '../policy-evaluator.ts';

/** An event source mapping as it is deployed. */
export interface Mapping {
  readonly functionName: string;
  readonly sourceArn: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** What a function gets of a stream. */
export interface StreamEvent {
  readonly Records: readonly StreamRecord[];
}

type StreamRecord =
  | { readonly kinesis: { readonly sequenceNumber: string } }
  | { readonly dynamodb: { readonly SequenceNumber: string } };

/** By which a function says that it keeps a record. */
export function sequenceNumber(record: StreamRecord): string {
  return 'kinesis' in record ? record.kinesis.sequenceNumber : record.dynamodb.SequenceNumber;
}

/** Mappings of streams; those of queues read otherwise. */
export function mappingsOf(deployed: DeployedStacks): Mapping[] {
  return deployed
    .resourcesOf('AWS::Lambda::EventSourceMapping')
    .map(({ properties }) => ({
      functionName: String(properties['FunctionName']),
      sourceArn: String(properties['EventSourceArn']),
      properties,
    }))
    .filter(({ sourceArn }) => !sourceArn.includes(':sqs:'));
}

/**
 * What a mapping's filters let through: patterns of exact values, ORed. A record that is no JSON
 * meets no pattern. Source: Lambda developer guide, "Using event filtering with a Kinesis event source".
 */
export function filtered({ properties }: Mapping, data: readonly string[]): readonly string[] {
  const criteria = properties['FilterCriteria'] as { Filters: { Pattern: string }[] } | undefined;
  if (criteria === undefined) return data;
  const patterns = criteria.Filters.map(
    ({ Pattern }) => (JSON.parse(Pattern) as { data: Record<string, string[]> }).data,
  );
  return data.filter((base64) => {
    const content = parse(Buffer.from(base64, 'base64').toString());
    return patterns.some((pattern) =>
      Object.entries(pattern).every(([name, values]) => values.includes(String(content?.[name]))),
    );
  });
}

/** Source: Lambda developer guide, "Using Lambda to process records from Amazon Kinesis Data Streams". */
export function kinesisEvent(data: readonly string[], sourceArn: string): StreamEvent {
  return {
    Records: data.map((one, at) => ({
      kinesis: {
        kinesisSchemaVersion: '1.0',
        partitionKey: '1',
        sequenceNumber: `4959033827149025660855969253836157109592157598913642${at}`,
        data: one,
        approximateArrivalTimestamp: 1_545_084_650.987,
      },
      eventSource: 'aws:kinesis',
      eventVersion: '1.0',
      eventID: `shardId-000000000006:4959033827149025660855969253836157109592157598913642${at}`,
      eventName: 'aws:kinesis:record',
      invokeIdentityArn: `arn:aws:iam::${ACCOUNT}:role/lambda-role`,
      awsRegion: REGION,
      eventSourceARN: sourceArn,
    })),
  };
}

/** Source: Lambda developer guide, "Using Lambda with Amazon DynamoDB"; a removal has no new image. */
export function tableEvent(items: readonly (object | undefined)[], sourceArn: string): StreamEvent {
  return {
    Records: items.map((item, at) => ({
      eventID: `c4ca4238a0b923820dcc509a6f75849${at}`,
      eventName: item === undefined ? 'REMOVE' : 'INSERT',
      eventVersion: '1.1',
      eventSource: 'aws:dynamodb',
      awsRegion: REGION,
      dynamodb: {
        Keys: { pk: { S: 'key' } },
        ...(item === undefined ? {} : { NewImage: item }),
        SequenceNumber: String(4_421_584_500_000_000 + at),
        SizeBytes: 26,
        StreamViewType: 'NEW_IMAGE',
      },
      eventSourceARN: sourceArn,
    })),
  };
}

/**
 * What Lambda itself does in the role's name for a mapping: it reads the stream, and writes what it
 * gives up. Sources: Lambda developer guide, execution role permissions of both kinds of streams, and
 * "Retain discarded batch records".
 */
export function mappingRequests(
  deployed: DeployedStacks,
  { sourceArn, properties }: Mapping,
): AccessRequest[] {
  const onFailure = properties['DestinationConfig'] as {
    OnFailure: { Destination: string };
  };
  const bucketArn = onFailure.OnFailure.Destination;
  return [
    ...(sourceArn.includes(':kinesis:')
      ? kinesisReads(deployed, sourceArn)
      : tableReads(deployed, sourceArn)),
    { action: 's3:PutObject', resource: `${bucketArn}/aws/lambda/uuid/shard/x`, context: {} },
    { action: 's3:ListBucket', resource: bucketArn, context: {} },
    {
      action: 'kms:GenerateDataKey',
      resource: bucketKey(deployed, bucketArn),
      context: {
        'kms:ViaService': `s3.${REGION}.amazonaws.com`,
        'kms:EncryptionContext:aws:s3:arn': bucketArn,
      },
    },
  ];
}

function kinesisReads(deployed: DeployedStacks, arn: string): AccessRequest[] {
  const stream = deployed.resourcesOf('AWS::Kinesis::Stream').find((found) => found.arn() === arn);
  const { KeyId } = stream?.properties['StreamEncryption'] as { KeyId: string };
  return [
    ...[
      'DescribeStream',
      'DescribeStreamSummary',
      'GetRecords',
      'GetShardIterator',
      'ListShards',
    ].map((operation) => ({ action: `kinesis:${operation}`, resource: arn, context: {} })),
    {
      action: 'kms:Decrypt',
      resource: KeyId,
      context: {
        'kms:ViaService': `kinesis.${REGION}.amazonaws.com`,
        'kms:EncryptionContext:aws:kinesis:arn': arn,
      },
    },
  ];
}

function tableReads(deployed: DeployedStacks, streamArn: string): AccessRequest[] {
  const [arn = ''] = streamArn.split('/stream/');
  return [
    ...['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'].map((operation) => ({
      action: `dynamodb:${operation}`,
      resource: streamArn,
      context: {},
    })),
    ...keyUse(deployed, arn.slice(arn.lastIndexOf('/') + 1)),
  ];
}

function bucketKey(deployed: DeployedStacks, bucketArn: string): string {
  const bucket = deployed.resourcesOf('AWS::S3::Bucket').find((found) => found.arn() === bucketArn);
  const { ServerSideEncryptionConfiguration: rules } = bucket?.properties['BucketEncryption'] as {
    ServerSideEncryptionConfiguration: {
      ServerSideEncryptionByDefault: { KMSMasterKeyID: string };
    }[];
  };
  return rules[0]!.ServerSideEncryptionByDefault.KMSMasterKeyID;
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
