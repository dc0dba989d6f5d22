import { CreateTableCommand, DeleteTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { randomUUID } from 'node:crypto';
import type { TableShape } from '../../../lib/core/ports/table-shapes.ts';
import { standIn } from '../stand-in.ts';

/** A table as the stacks make it, and the client that made it. */
export async function makeTable({ indexes }: TableShape = { indexes: [] }) {
  const client = new DynamoDBClient(standIn());
  const tableName = `table-${randomUUID()}`;
  const text = (AttributeName: string) => ({ AttributeName, AttributeType: 'S' as const });
  const number = (AttributeName: string) => ({ AttributeName, AttributeType: 'N' as const });
  await client.send(
    new CreateTableCommand({
      TableName: tableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        ...['pk', 'sk', ...indexes.map(({ partitionKey }) => partitionKey)].map(text),
        ...indexes.map(({ sortKey }) => number(sortKey)),
      ],
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      ...(indexes.length > 0 && {
        GlobalSecondaryIndexes: indexes.map(({ name, partitionKey, sortKey }) => ({
          IndexName: name,
          KeySchema: [
            { AttributeName: partitionKey, KeyType: 'HASH' as const },
            { AttributeName: sortKey, KeyType: 'RANGE' as const },
          ],
          Projection: { ProjectionType: 'KEYS_ONLY' as const },
        })),
      }),
    }),
  );
  const close = async (): Promise<void> => {
    await client.send(new DeleteTableCommand({ TableName: tableName }));
    client.destroy();
  };
  return { client, tableName, close };
}
