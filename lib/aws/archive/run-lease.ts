import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';

const KEY = { pk: { S: 'lease' }, sk: { S: 'lease' } };

export interface RunLeaseOptions {
  readonly client: DynamoDBClient;
  /** The table of the archive runs. */
  readonly tableName: string;
  /** Whether who holds the lease is still at work. */
  readonly isAtWork: (holder: string) => Promise<boolean>;
}

/** Only one execution works on an archive at a time: a batch is to have one worker. */
export interface RunLease {
  /** False when another one is at work. Taken by its holder again it is his still. */
  take(holder: string): Promise<boolean>;
  /** Twice is once; of another's lease nothing. */
  release(holder: string): Promise<void>;
}

/** A lease as an item of the table; that of a dead holder is taken over. */
export function dynamodbRunLease(options: RunLeaseOptions): RunLease {
  const { client, tableName: TableName, isAtWork } = options;
  /** Puts the lease if it is free, mine, or `dead`'s. */
  const put = (holder: string, dead: string): Promise<boolean> =>
    isMet(
      client.send(
        new PutItemCommand({
          TableName,
          Item: { ...KEY, holder: { S: holder } },
          ConditionExpression: 'attribute_not_exists(pk) OR holder IN (:me, :dead)',
          ExpressionAttributeValues: { ':me': { S: holder }, ':dead': { S: dead } },
        }),
      ),
    );
  return {
    take: async (holder) => {
      if (await put(holder, holder)) return true;
      const { Item } = await client.send(
        new GetItemCommand({ TableName, Key: KEY, ConsistentRead: true }),
      );
      const other = Item?.['holder']?.S ?? holder;
      return (await isAtWork(other)) ? false : put(holder, other);
    },
    release: async (holder) => {
      await isMet(
        client.send(
          new DeleteItemCommand({
            TableName,
            Key: KEY,
            ConditionExpression: 'holder = :me',
            ExpressionAttributeValues: { ':me': { S: holder } },
          }),
        ),
      );
    },
  };
}

async function isMet(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
