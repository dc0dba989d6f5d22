import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import { Stream, StreamEncryption, StreamMode, type StreamProps } from 'aws-cdk-lib/aws-kinesis';
import type { Construct } from 'constructs';
import type { CustomerKey } from './customer-key.ts';

export interface EncryptedStreamProps extends StreamProps {
  /** Encrypts every record. */
  readonly key: CustomerKey;
  /** Whether records in flight must outlive the stack. */
  readonly retain: boolean;
  /** How much it carries: as much as comes, or so many shards. */
  readonly capacity: 'on-demand' | number;
}

const CONSUME = [
  'kinesis:DescribeStream',
  'kinesis:DescribeStreamSummary',
  'kinesis:GetRecords',
  'kinesis:GetShardIterator',
  'kinesis:ListShards',
];

/** A Kinesis data stream whose records only their own roles can read. */
export class EncryptedStream extends Stream {
  private readonly key: CustomerKey;

  constructor(
    scope: Construct,
    id: string,
    { key, retain, capacity, ...props }: EncryptedStreamProps,
  ) {
    super(scope, id, {
      encryption: StreamEncryption.KMS,
      encryptionKey: key,
      removalPolicy: retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      ...(capacity === 'on-demand'
        ? { streamMode: StreamMode.ON_DEMAND }
        : { streamMode: StreamMode.PROVISIONED, shardCount: capacity }),
      ...props,
    });
    this.key = key;
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-KDS3',
      reason:
        'The records tell of data subjects: a key of our own lets the customer limit, audit and withdraw access to them, which aws/kinesis does not.',
    });
  }

  /** Lets a sender put batches. */
  grantSend(grantee: IGrantable): Grant {
    this.key.grantThrough(grantee, {
      service: 'kinesis',
      actions: ['kms:GenerateDataKey'],
      context: { 'aws:kinesis:arn': [this.streamArn] },
    });
    return this.grant(grantee, 'kinesis:PutRecords');
  }

  /** Lets a producer put batches, and see how many shards there are to spread them over. */
  grantPut(grantee: IGrantable): Grant {
    return this.grantSend(grantee).combine(this.grant(grantee, 'kinesis:DescribeStreamSummary'));
  }

  /**
   * Lets Lambda read the stream for a function, in its role's name.
   * Source: Lambda developer guide, "Using Lambda to process records from Amazon Kinesis Data Streams".
   */
  grantConsume(grantee: IGrantable): Grant {
    this.key.grantThrough(grantee, {
      service: 'kinesis',
      actions: ['kms:Decrypt'],
      context: { 'aws:kinesis:arn': [this.streamArn] },
    });
    return this.grant(grantee, ...CONSUME);
  }

  /**
   * Lets a delivery stream read.
   * Source: Firehose developer guide, "Grant Firehose access to a Kinesis data stream source".
   */
  grantDeliver(grantee: IGrantable): Grant {
    this.key.grantThrough(grantee, {
      service: 'kinesis',
      actions: ['kms:Decrypt'],
      context: { 'aws:kinesis:arn': [this.streamArn] },
    });
    return this.grant(
      grantee,
      'kinesis:DescribeStream',
      'kinesis:GetShardIterator',
      'kinesis:GetRecords',
      'kinesis:ListShards',
    );
  }
}
