import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  paginateQuery,
  PutItemCommand,
  type TransactWriteItem,
} from '@aws-sdk/client-dynamodb';
import type { Run, RunObject } from '../../core/erasure/run/run.ts';
import type { RunStore } from '../../core/ports/run-store.ts';
import { PATIENCE, patiently, type Patience } from '../tables/retry.ts';
import { transact } from '../tables/transact.ts';
import {
  batchOf,
  batchPartition,
  objectItem,
  objectKey,
  objectOf,
  placeItem,
  placeKey,
  runItem,
  runKey,
  runOf,
  UNDOABLE,
  undoableKey,
  type Item,
} from './run-items.ts';

/** Others kept writing one object's record; a batch is to have one worker at a time. */
class RunObjectContended extends Error {
  override readonly name = 'RunObjectContended';
}

export interface DynamodbRunStoreOptions {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  /** @default pauses of up to a second, at random */
  readonly patience?: Patience;
}

/** The port RunStore on one DynamoDB table; see run-items.ts. */
export function dynamodbRunStore(options: DynamodbRunStoreOptions): RunStore {
  const { client, tableName: TableName, patience = PATIENCE } = options;
  const read = async (Key: Item): Promise<Item | undefined> => {
    const get = new GetItemCommand({ TableName, Key, ConsistentRead: true });
    return (await patiently(() => client.send(get), patience)).Item;
  };

  async function* query(partition: string): AsyncGenerator<Item> {
    const input = {
      TableName,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': { S: partition } },
      ConsistentRead: true,
    };
    for await (const { Items = [] } of paginateQuery({ client }, input)) yield* Items;
  }

  const load = async (runId: string): Promise<Run | undefined> => {
    const item = await read(runKey(runId));
    return item === undefined ? undefined : runOf(item);
  };

  const object = async (runId: string, key: string): Promise<RunObject | undefined> => {
    const batch = batchOf(await read(placeKey(runId, key)));
    if (batch === undefined) return undefined;
    const item = await read(objectKey(runId, batch, key));
    return item === undefined ? undefined : objectOf(item);
  };

  /** Answers whether it was there. */
  const replace = async (runId: string, record: RunObject): Promise<boolean> => {
    const put = new PutItemCommand({
      TableName,
      Item: objectItem(runId, record),
      ConditionExpression: 'attribute_exists(pk)',
    });
    try {
      await patiently(() => client.send(put), patience);
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  };

  return {
    load,
    object,
    save: async (run) => {
      const items: TransactWriteItem[] = [
        {
          Put: {
            TableName,
            Item: runItem(run),
            ...(run.version === 1
              ? { ConditionExpression: 'attribute_not_exists(pk)' }
              : {
                  ConditionExpression: 'version = :before',
                  ExpressionAttributeValues: { ':before': { N: String(run.version - 1) } },
                }),
          },
        },
        run.undo === 'open'
          ? { Put: { TableName, Item: undoableKey(run.runId) } }
          : { Delete: { TableName, Key: undoableKey(run.runId) } },
      ];
      const { kind } = await transact(client, items, patience);
      return kind === 'written' ? 'saved' : 'conflict';
    },
    undoable: async function* () {
      for await (const item of query(UNDOABLE)) {
        const run = await load(item['sk']?.S ?? '');
        if (run?.undo === 'open') yield run;
      }
    },
    putObject: async (runId, record) => {
      if (await replace(runId, record)) return;
      // Its place is written with it, so that neither is ever without the other; a plan that is made
      // again may deal an object to another batch.
      const before = batchOf(await read(placeKey(runId, record.key)));
      const moved = before === undefined || before === record.batch ? [] : [before];
      const { kind } = await transact(
        client,
        [
          { Put: { TableName, Item: objectItem(runId, record) } },
          { Put: { TableName, Item: placeItem(runId, record) } },
          ...moved.map((batch) => ({
            Delete: { TableName, Key: objectKey(runId, batch, record.key) },
          })),
        ],
        patience,
      );
      if (kind !== 'written')
        throw new RunObjectContended('a record of a run is written by others');
    },
    objects: async function* (runId, batch) {
      for await (const item of query(batchPartition(runId, batch).S)) yield objectOf(item);
    },
  };
}
