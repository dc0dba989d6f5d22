import { Duration } from 'aws-cdk-lib';
import { AttributeType } from 'aws-cdk-lib/aws-dynamodb';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { EnvironmentOf } from '../../../lambdas/runtime/env.ts';
import type { ledgerEnv } from '../../../lambdas/runtime/warehouse-env.ts';
import { AccessLogBucket } from '../../constructs/access-log-bucket.ts';
import type { CustomerKey } from '../../constructs/customer-key.ts';
import { EncryptedBucket, type ObjectOperation } from '../../constructs/encrypted-bucket.ts';
import { EncryptedTable } from '../../constructs/encrypted-table.ts';
import { WrappingKey } from '../../constructs/wrapping-key.ts';

export interface WarehouseLedgerProps {
  readonly key: CustomerKey;
  readonly retain: boolean;
  readonly keyRotationDays: number;
  readonly logRetentionDays: number;
}

/** What is done with entries of the ledger. */
export type LedgerUse = 'put' | 'read' | 'remove' | 'expire';

const OPERATIONS: Readonly<Record<LedgerUse, readonly ObjectOperation[]>> = {
  put: ['PutObject', 'ListBucket'],
  // A listing is of versions: an object's newest is the one that is there.
  read: ['GetObject', 'ListBucket', 'ListBucketVersions'],
  remove: ['ListBucket', 'ListBucketVersions', 'DeleteObjectVersion'],
  expire: ['ListBucket', 'ListBucketVersions', 'DeleteObjectVersion'],
};

/** Whom the warehouse forgot, kept outside it, sealed; and the keys that open it until they are destroyed. */
export class WarehouseLedger extends Construct {
  readonly bucket: EncryptedBucket;
  private readonly keys: EncryptedTable;
  private readonly wrapping: WrappingKey;

  constructor(scope: Construct, id: string, props: WarehouseLedgerProps) {
    super(scope, id);
    const { key, retain } = props;
    this.bucket = new EncryptedBucket(this, 'Entries', {
      ...{ key, retain },
      // What is removed is removed in all its versions; this is for what died on the way.
      noncurrentDays: 1,
      accessLog: new AccessLogBucket(this, 'AccessLog', {
        retain,
        retentionDays: props.logRetentionDays,
      }),
    });
    this.keys = new EncryptedTable(this, 'Keys', {
      ...{ key, retain },
      partitionKey: { name: 'name', type: AttributeType.STRING },
      sortKey: undefined,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: false },
    });
    this.wrapping = new WrappingKey(this, 'Wrapping', {
      description: 'Wraps the keys of the erasure ledger',
      retain,
      rotationPeriod: Duration.days(props.keyRotationDays),
    });
  }

  environment(): EnvironmentOf<typeof ledgerEnv> {
    return {
      LEDGER_BUCKET: this.bucket.bucketName,
      KEYS_TABLE: this.keys.tableName,
      KEYS_KMS_KEY: this.wrapping.keyArn,
    };
  }

  grantUse(fn: IFunction, uses: readonly LedgerUse[]): void {
    const operations = [...new Set(uses.flatMap((use) => OPERATIONS[use]))];
    this.bucket.grantUse(fn, operations, 'erasure-ledger/');
    const writesKeys = uses.includes('put') || uses.includes('expire');
    this.keys.grantUse(fn, ['GetItem', ...(writesKeys ? (['PutItem'] as const) : [])]);
    const wraps = [
      ...(uses.includes('put') || uses.includes('read') ? (['Decrypt'] as const) : []),
      ...(uses.includes('put') ? (['GenerateDataKey'] as const) : []),
    ];
    if (wraps.length > 0) this.wrapping.grantWrap(fn, wraps, 'name');
  }
}
