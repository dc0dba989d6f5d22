import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { ObjectLockRetention } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { LETTER_DAYS } from '../../core/dead-letters/expire-letters.ts';
import { AccessLogBucket } from '../../constructs/access-log-bucket.ts';
import type { CustomerKey } from '../../constructs/customer-key.ts';
import { EncryptedBucket } from '../../constructs/encrypted-bucket.ts';

export interface RequestBucketsProps {
  readonly key: CustomerKey;
  readonly retain: boolean;
  /** Days that an audit entry can't be deleted. */
  readonly auditRetentionDays: number;
  /** Days that an access package can be fetched. */
  readonly packageDays: number;
  readonly logRetentionDays: number;
}

/** Where the objects of requests lie, each bucket for as long as what it holds is needed. */
export class RequestBuckets extends Construct {
  /** Audit entries under Object Lock. */
  readonly audit: EncryptedBucket;
  /** What executors gathered, sealed under the request's key. */
  readonly gathered: EncryptedBucket;
  /** Access packages, sealed; large ones open below `opened/` for an hour. */
  readonly packages: EncryptedBucket;
  /** Messages that nobody could handle. */
  readonly deadLetters: EncryptedBucket;

  constructor(scope: Construct, id: string, props: RequestBucketsProps) {
    super(scope, id);
    const { key, retain } = props;
    const accessLog = new AccessLogBucket(this, 'AccessLog', {
      retain,
      retentionDays: Math.max(30, props.logRetentionDays),
    });
    // What is deleted here is to be gone, so old versions go the next day.
    const shared = { key, retain, accessLog, noncurrentDays: 1 };
    const retention = Duration.days(props.auditRetentionDays);
    this.audit = new EncryptedBucket(this, 'Audit', {
      ...shared,
      // Nobody can empty it before its time, so it outlives the stack in a demonstration too.
      retain: true,
      removalPolicy: RemovalPolicy.RETAIN,
      objectLockEnabled: true,
      objectLockDefaultRetention: retain
        ? ObjectLockRetention.compliance(retention)
        : ObjectLockRetention.governance(retention),
      lifecycleRules: retain ? [] : [{ id: 'demonstration', expiration: retention }],
    });
    this.gathered = new EncryptedBucket(this, 'Gathered', {
      ...shared,
      // Cleared when a request closes; this is for those that never do.
      lifecycleRules: [{ id: 'gathered', expiration: Duration.days(180) }],
    });
    this.packages = new EncryptedBucket(this, 'Packages', {
      ...shared,
      lifecycleRules: [
        { id: 'opened', prefix: 'opened/', expiration: Duration.days(1) },
        { id: 'packages', expiration: Duration.days(props.packageDays + 2) },
      ],
    });
    this.deadLetters = new EncryptedBucket(this, 'DeadLetters', {
      ...shared,
      // A few days after the key of a letter's day is destroyed.
      lifecycleRules: [{ id: 'letters', expiration: Duration.days(LETTER_DAYS + 3) }],
    });
  }
}
