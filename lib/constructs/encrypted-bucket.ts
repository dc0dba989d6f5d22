import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  ObjectOwnership,
  type BucketProps,
} from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { AccessLogBucket } from './access-log-bucket.ts';
import { confineAutoDelete } from './auto-delete-objects.ts';
import type { CustomerKey } from './customer-key.ts';

export interface EncryptedBucketProps extends BucketProps {
  /** Encrypts every object. */
  readonly key: CustomerKey;
  /** Whether the objects must outlive the stack; if not, they are deleted with it. */
  readonly retain: boolean;
  /** Where requests for its objects are logged. */
  readonly accessLog: AccessLogBucket;
  /** Days that overwritten and deleted versions stay. */
  readonly noncurrentDays: number;
}

/** A private, versioned bucket under a key of the customer's own, reached over TLS alone. */
export class EncryptedBucket extends Bucket {
  private readonly key: CustomerKey;

  constructor(
    scope: Construct,
    id: string,
    { key, retain, accessLog, noncurrentDays, lifecycleRules, ...props }: EncryptedBucketProps,
  ) {
    super(scope, id, {
      versioned: true,
      encryption: BucketEncryption.KMS,
      encryptionKey: key,
      // One data key for many objects: with a call to KMS for each, small objects cost most there.
      bucketKeyEnabled: true,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      serverAccessLogsBucket: accessLog,
      serverAccessLogsPrefix: `${id}/`,
      removalPolicy: retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      autoDeleteObjects: !retain,
      lifecycleRules: [
        {
          id: 'noncurrent-versions',
          noncurrentVersionExpiration: Duration.days(noncurrentDays),
          expiredObjectDeleteMarker: true,
        },
        { id: 'unfinished-uploads', abortIncompleteMultipartUploadAfter: Duration.days(7) },
        ...(lifecycleRules ?? []),
      ],
      ...props,
    });
    this.key = key;
    if (!retain) confineAutoDelete(Stack.of(this));
  }

  /**
   * Lets a delivery stream write below the prefixes.
   * Source: Firehose developer guide, "Grant Firehose access to an Amazon S3 destination".
   */
  grantDeliver(grantee: IGrantable, prefixes: readonly string[]): Grant {
    const objects = prefixes.map((prefix) => this.arnForObjects(`${prefix}*`));
    this.key.grantThrough(grantee, {
      service: 's3',
      actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
      // With a bucket key, S3 names the bucket rather than the object.
      context: { 'aws:s3:arn': [this.bucketArn, ...objects] },
    });
    return Grant.addToPrincipal({
      grantee,
      actions: ['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'],
      resourceArns: [this.bucketArn],
    }).combine(
      Grant.addToPrincipal({
        grantee,
        actions: ['s3:AbortMultipartUpload', 's3:GetObject', 's3:PutObject'],
        resourceArns: objects,
      }),
    );
  }
}
