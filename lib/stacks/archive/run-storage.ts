import { Duration } from 'aws-cdk-lib';
import { AttributeType } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import type { AccessLogBucket } from '../../constructs/access-log-bucket.ts';
import type { CustomerKey } from '../../constructs/customer-key.ts';
import { EncryptedBucket } from '../../constructs/encrypted-bucket.ts';
import { EncryptedTable } from '../../constructs/encrypted-table.ts';
import { SecretKey } from '../../constructs/secret-key.ts';
import { SigningKey } from '../../constructs/signing-key.ts';
import { WrappingKey } from '../../constructs/wrapping-key.ts';

/** Days that manifests and what Step Functions writes of maps stay. */
const FILE_DAYS = 30;

export interface RunStorageProps {
  readonly key: CustomerKey;
  readonly retain: boolean;
  readonly accessLog: AccessLogBucket;
  readonly rotationPeriod: Duration;
  /** Days that what was removed can be given back. */
  readonly undoDays: number;
}

/** What archive runs know and keep. */
export class RunStorage extends Construct {
  /** Runs, their objects, orders that wait, and who is at work. */
  readonly runs: EncryptedTable;
  /** Keys of orders and of undo patches, each wrapped, and destroyed for good. */
  readonly keys: EncryptedTable;
  readonly wrapping: WrappingKey;
  readonly signing: SigningKey;
  /** Hides names of objects and criteria in certificates. */
  readonly hashKey: SecretKey;
  /** Sealed undo patches; those of a window that is over are useless without their key, and go. */
  readonly quarantine: EncryptedBucket;
  readonly certificates: EncryptedBucket;
  /** Manifests of batches, and results of maps. */
  readonly files: EncryptedBucket;

  constructor(scope: Construct, id: string, props: RunStorageProps) {
    super(scope, id);
    const { key, retain, accessLog, rotationPeriod } = props;
    this.runs = new EncryptedTable(this, 'Runs', { key, retain });
    this.keys = new EncryptedTable(this, 'Keys', {
      ...{ key, retain },
      partitionKey: { name: 'name', type: AttributeType.STRING },
      sortKey: undefined,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: false },
    });
    this.wrapping = new WrappingKey(this, 'Wrapping', {
      description: 'Wraps the keys of erasure orders and undo patches',
      ...{ retain, rotationPeriod },
    });
    this.signing = new SigningKey(this, 'Signing', {
      description: 'Signs certificates of archive runs',
      retain,
    });
    this.hashKey = new SecretKey(this, 'HashKey', {
      description: 'Hides names of objects and criteria in certificates of archive runs',
      ...{ key, retain },
    });
    const shared = { key, retain, accessLog };
    this.quarantine = new EncryptedBucket(this, 'Quarantine', {
      ...shared,
      // What is deleted here is to be gone.
      noncurrentDays: 1,
      lifecycleRules: [{ id: 'undo', expiration: Duration.days(props.undoDays + 7) }],
    });
    this.certificates = new EncryptedBucket(this, 'Certificates', {
      ...shared,
      noncurrentDays: 90,
    });
    this.files = new EncryptedBucket(this, 'Files', {
      ...shared,
      noncurrentDays: 1,
      lifecycleRules: [{ id: 'files', expiration: Duration.days(FILE_DAYS) }],
    });
  }
}
