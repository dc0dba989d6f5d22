import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { SuppressedTask, SuppressedTasks } from '../../core/ports/suppressed-tasks.ts';
import { PATIENCE, patiently, type Patience } from '../tables/retry.ts';
import { queryUpTo } from './request-listing.ts';

type Item = Record<string, AttributeValue>;

export interface DynamodbSuppressedTasksOptions {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  /** @default pauses of up to a second, at random */
  readonly patience?: Patience;
}

/** The port SuppressedTasks on one DynamoDB table: `suppressed#<dsrId>` / `<taskId>`. */
export function dynamodbSuppressedTasks(options: DynamodbSuppressedTasksOptions): SuppressedTasks {
  const { client, tableName, patience = PATIENCE } = options;
  return {
    get: async (dsrId, taskId) => {
      const Key = { pk: partitionOf(dsrId), sk: { S: taskId } };
      const get = new GetItemCommand({ TableName: tableName, Key, ConsistentRead: true });
      const { Item: item } = await patiently(() => client.send(get), patience);
      return item === undefined ? undefined : taskOf(item);
    },
    put: async (dsrId, taskId, task) => {
      const { attempt, keptUntil } = task;
      const put = new PutItemCommand({
        TableName: tableName,
        Item: {
          ...{ pk: partitionOf(dsrId), sk: { S: taskId } },
          attempt: { N: String(attempt) },
          body: { S: JSON.stringify(task) },
          ...(keptUntil !== undefined && {
            expiresAt: { N: String(Math.ceil(keptUntil / 1_000)) },
          }),
        },
        ConditionExpression: 'attribute_not_exists(pk) OR attempt <= :attempt',
        ExpressionAttributeValues: { ':attempt': { N: String(attempt) } },
      });
      try {
        await patiently(() => client.send(put), patience);
        return 'put';
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return 'fenced';
        throw error;
      }
    },
    ofRequest: async (dsrId) => {
      const items = await queryUpTo(client, patience, Infinity, {
        TableName: tableName,
        KeyConditionExpression: 'pk = :request',
        ExpressionAttributeValues: { ':request': partitionOf(dsrId) },
        ConsistentRead: true,
      });
      return items.map(taskOf);
    },
  };
}

function partitionOf(dsrId: string): AttributeValue.SMember {
  return { S: `suppressed#${dsrId}` };
}

/** @throws {TypeError} where an item is not one of ours */
function taskOf(item: Item): SuppressedTask {
  const body = item['body']?.S;
  if (body === undefined) throw new TypeError('The table of suppressed tasks holds another item');
  return JSON.parse(body) as SuppressedTask;
}
