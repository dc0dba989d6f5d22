import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  ObjectOwnership,
  type BucketProps,
  type CfnBucket,
} from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { acknowledgeWildcard } from './acknowledge-wildcard.ts';
import type { AccessLogBucket } from './access-log-bucket.ts';
import { confineAutoDelete } from './confined-provider.ts';
import type { CustomerKey } from './customer-key.ts';

/** What a function may do; `ListBucket` is needed besides to tell an absent object from a refused one. */
export type ObjectOperation =
  | 'AbortMultipartUpload'
  | 'DeleteObject'
  | 'DeleteObjectVersion'
  | 'GetObject'
  | 'GetObjectLegalHold'
  | 'GetObjectRetention'
  | 'GetObjectVersion'
  | 'GetObjectVersionTagging'
  | 'ListBucket'
  | 'ListBucketVersions'
  | 'ListMultipartUploadParts'
  | 'PutObject'
  | 'PutObjectTagging';

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

  /**
   * Lets a function do these things to objects below the prefix, and list them if it is to.
   * @param prefix ends in a slash; blank for the whole bucket
   */
  grantUse(grantee: IGrantable, operations: readonly ObjectOperation[], prefix = ''): Grant {
    const objects = this.arnForObjects(`${prefix}*`);
    const writes = operations.some((operation) => operation === 'PutObject');
    const reads = operations.some(
      (operation) => operation === 'GetObject' || operation === 'GetObjectVersion',
    );
    if (reads || writes) {
      this.key.grantThrough(grantee, {
        service: 's3',
        actions: [...(reads ? ['kms:Decrypt'] : []), ...(writes ? ['kms:GenerateDataKey'] : [])],
        context: { 'aws:s3:arn': [this.bucketArn] },
      });
    }
    const toObjects = operations.filter((operation) => !operation.startsWith('ListBucket'));
    const toBucket = operations.filter((operation) => operation.startsWith('ListBucket'));
    if (toObjects.length > 0) {
      acknowledgeWildcard(
        grantee,
        `${this.arnSeenBy(grantee)}/${prefix}*`,
        `The function chooses the names of its objects; its role reaches those below ${prefix === '' ? 'this one bucket' : prefix} alone.`,
      );
    }
    const grants = [
      ...(toObjects.length === 0 ? [] : [{ operations: toObjects, arn: objects }]),
      ...(toBucket.length === 0 ? [] : [{ operations: toBucket, arn: this.bucketArn }]),
    ].map(({ operations: granted, arn }) =>
      Grant.addToPrincipal({
        grantee,
        actions: granted.map((operation) => `s3:${operation}`),
        resourceArns: [arn],
      }),
    );
    return grants.reduce((all, grant) => all.combine(grant), Grant.drop(grantee, 'nothing asked'));
  }

  /** As cdk-nag writes it: in another stack it is imported under its export's name. */
  private arnSeenBy({ grantPrincipal }: IGrantable): string {
    const stack = Stack.of(this);
    if (Construct.isConstruct(grantPrincipal) && Stack.of(grantPrincipal) !== stack) {
      const imported: unknown = stack.resolve(stack.exportValue(this.bucketArn));
      return (imported as { 'Fn::ImportValue': string })['Fn::ImportValue'];
    }
    return `<${stack.getLogicalId(this.node.defaultChild as CfnBucket)}.Arn>`;
  }
}
