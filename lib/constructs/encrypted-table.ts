import { Aws, RemovalPolicy } from 'aws-cdk-lib';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import {
  AttributeType,
  BillingMode,
  Table,
  TableEncryption,
  type TableProps,
} from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import type { CustomerKey } from './customer-key.ts';

export interface EncryptedTableProps extends Partial<TableProps> {
  /** Encrypts every item. */
  readonly key: CustomerKey;
  /** Whether the items must outlive the stack; if so, the table is also protected from deletion. */
  readonly retain: boolean;
}

/**
 * A table under a key of the customer's own, with backups to the second.
 * Keys are `pk` and `sk`; an item lapses at `expiresAt` (seconds since the epoch), where it has one.
 * Not a TableV2: that one takes no key of ours where the region is not known at synthesis.
 */
export class EncryptedTable extends Table {
  private readonly key: CustomerKey;

  constructor(scope: Construct, id: string, { key, retain, ...props }: EncryptedTableProps) {
    super(scope, id, {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.CUSTOMER_MANAGED,
      encryptionKey: key,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      timeToLiveAttribute: 'expiresAt',
      removalPolicy: retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      deletionProtection: retain,
      ...props,
    });
    this.key = key;
  }

  /**
   * Lets a function read single items and ranges; not scan.
   * Source: DynamoDB developer guide, "DynamoDB encryption at rest: usage notes".
   */
  grantLookUp(grantee: IGrantable): Grant {
    this.key.grantThrough(grantee, {
      service: 'dynamodb',
      actions: ['kms:Decrypt'],
      context: {
        'aws:dynamodb:tableName': [this.tableName],
        'aws:dynamodb:subscriberId': [Aws.ACCOUNT_ID],
      },
    });
    this.key.grantThrough(grantee, { service: 'dynamodb', actions: ['kms:DescribeKey'] });
    return this.grant(grantee, 'dynamodb:GetItem', 'dynamodb:Query');
  }
}
