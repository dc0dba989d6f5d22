import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  ObjectOwnership,
  type BucketProps,
} from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { confineAutoDelete } from './confined-provider.ts';

export interface AccessLogBucketProps extends BucketProps {
  /** Whether the logs must outlive the stack. */
  readonly retain: boolean;
  /** Days that a log stays. */
  readonly retentionDays: number;
}

/** Who asked for which object when. Keys name no person, so neither do the logs. */
export class AccessLogBucket extends Bucket {
  constructor(
    scope: Construct,
    id: string,
    { retain, retentionDays, ...props }: AccessLogBucketProps,
  ) {
    super(scope, id, {
      // S3 delivers its access logs to no bucket under a KMS key.
      // Source: S3 user guide, "Enabling Amazon S3 server access logging".
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      removalPolicy: retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      autoDeleteObjects: !retain,
      lifecycleRules: [{ id: 'access-logs', expiration: Duration.days(retentionDays) }],
      ...props,
    });
    if (!retain) confineAutoDelete(Stack.of(this));
  }
}
