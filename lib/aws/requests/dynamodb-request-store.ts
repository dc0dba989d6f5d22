import { type DynamoDBClient, GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { REQUEST_TABLE, type TableIndex } from '../../core/ports/table-shapes.ts';
import type { RequestStore } from '../../core/ports/request-store.ts';
import { PATIENCE, patiently, type Patience } from '../tables/retry.ts';
import {
  auditEntryOf,
  auditPartition,
  type Item,
  requestIdOf,
  requestKey,
  requestOf,
  shards,
} from './request-items.ts';
import { listRequests, queryUpTo } from './request-listing.ts';
import { writeRequest } from './request-write.ts';

export interface DynamodbRequestStoreOptions {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  /** @default pauses of up to a second, at random */
  readonly patience?: Patience;
}

/**
 * The port RequestStore on one DynamoDB table (shape: REQUEST_TABLE). A request is one item and one
 * write; its indexes hold keys only, so that a change of state seldom touches them.
 */
export function dynamodbRequestStore(options: DynamodbRequestStoreOptions): RequestStore {
  const { client, tableName, patience = PATIENCE } = options;
  const table = { client, tableName, patience };
  const [byWakeTime, withOutbox] = REQUEST_TABLE.indexes;

  /** Items of an index that is spread over shards, the lowest first. */
  const lowest = async (
    { name, partitionKey, sortKey }: TableIndex,
    kind: 'wake' | 'outbox',
    limit: number,
    upTo?: number,
  ): Promise<string[]> => {
    const bound = upTo === undefined ? '' : ' AND #sort <= :upTo';
    const found = await Promise.all(
      shards(kind).map((shard) =>
        queryUpTo(client, patience, limit, {
          TableName: tableName,
          IndexName: name,
          KeyConditionExpression: `#shard = :shard${bound}`,
          ExpressionAttributeNames: {
            '#shard': partitionKey,
            ...(upTo !== undefined && { '#sort': sortKey }),
          },
          ExpressionAttributeValues: {
            ':shard': { S: shard },
            ...(upTo !== undefined && { ':upTo': { N: String(upTo) } }),
          },
        }),
      ),
    );
    const at = (item: Item): number => Number(item[sortKey]?.N);
    return found
      .flat()
      .sort((a, b) => at(a) - at(b))
      .slice(0, limit)
      .flatMap((item) => requestIdOf(item) ?? []);
  };

  return {
    save: (write) => writeRequest(table, write),
    load: async (dsrId) => {
      const get = { TableName: tableName, Key: requestKey(dsrId), ConsistentRead: true };
      const { Item: item } = await patiently(() => client.send(new GetItemCommand(get)), patience);
      return requestOf(item);
    },
    async *auditTrail(dsrId) {
      let from: Item | undefined;
      do {
        const query = new QueryCommand({
          TableName: tableName,
          KeyConditionExpression: 'pk = :chain',
          ExpressionAttributeValues: { ':chain': auditPartition(dsrId) },
          ConsistentRead: true,
          ...(from !== undefined && { ExclusiveStartKey: from }),
        });
        const answer = await patiently(() => client.send(query), patience);
        for (const item of answer.Items ?? []) {
          const entry = auditEntryOf(item);
          if (entry !== undefined) yield entry;
        }
        from = answer.LastEvaluatedKey;
      } while (from !== undefined);
    },
    list: (filter, limit, cursor) => listRequests(table, filter, limit, cursor),
    dueForWaking: (now, limit) => lowest(byWakeTime, 'wake', limit, now),
    withOutbox: (limit) => lowest(withOutbox, 'outbox', limit),
  };
}
