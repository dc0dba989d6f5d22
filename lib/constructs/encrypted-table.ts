import { Aws, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import {
  AttributeType,
  BillingMode,
  Table,
  TableEncryption,
  type TableProps,
} from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import type { CustomerKey } from './customer-key.ts';

/** What a function may do to items; a `ConditionCheckItem` is part of a transaction. */
export type ItemOperation =
  | 'BatchGetItem'
  | 'BatchWriteItem'
  | 'ConditionCheckItem'
  | 'DeleteItem'
  | 'GetItem'
  | 'PutItem'
  | 'Query'
  | 'UpdateItem';

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
    if (props.pointInTimeRecoverySpecification?.pointInTimeRecoveryEnabled === false) {
      Validations.of(this).acknowledge({
        id: 'AwsSolutions-DDB3',
        reason:
          'What is deleted here must be gone: a key that could be brought back from a backup would bring back what it sealed, for a person who asked to be forgotten.',
      });
    }
  }

  /** Lets a function read single items and ranges; not scan. */
  grantLookUp(grantee: IGrantable): Grant {
    return this.grantUse(grantee, ['GetItem', 'Query']);
  }

  /**
   * Lets a function do these things to items. A transaction needs what each of its parts is.
   * @param indexes by which it may query. @default none
   * Sources: DynamoDB developer guide, "DynamoDB encryption at rest: usage notes" and "Amazon
   * DynamoDB transactions: how it works", IAM.
   */
  grantUse(
    grantee: IGrantable,
    operations: readonly ItemOperation[],
    indexes: readonly string[] = [],
  ): Grant {
    this.grantKey(grantee);
    const byTable = Grant.addToPrincipal({
      grantee,
      actions: operations.map((operation) => `dynamodb:${operation}`),
      resourceArns: [this.tableArn],
    });
    if (indexes.length === 0) return byTable;
    return byTable.combine(
      Grant.addToPrincipal({
        grantee,
        actions: ['dynamodb:Query'],
        resourceArns: indexes.map((index) => `${this.tableArn}/index/${index}`),
      }),
    );
  }

  /**
   * Lets Lambda read the table's stream for a function, in its role's name.
   * Source: DynamoDB developer guide, "Tutorial: Process new items with DynamoDB Streams and Lambda".
   */
  grantConsume(grantee: IGrantable): Grant {
    if (this.tableStreamArn === undefined) throw new Error(`${this.node.path} has no stream`);
    this.grantKey(grantee);
    return Grant.addToPrincipal({
      grantee,
      actions: [
        'dynamodb:DescribeStream',
        'dynamodb:GetRecords',
        'dynamodb:GetShardIterator',
        'dynamodb:ListStreams',
      ],
      resourceArns: [this.tableStreamArn],
    });
  }

  private grantKey(grantee: IGrantable): void {
    this.key.grantThrough(grantee, {
      service: 'dynamodb',
      actions: ['kms:Decrypt'],
      context: {
        'aws:dynamodb:tableName': [this.tableName],
        'aws:dynamodb:subscriberId': [Aws.ACCOUNT_ID],
      },
    });
    this.key.grantThrough(grantee, { service: 'dynamodb', actions: ['kms:DescribeKey'] });
  }
}
