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
import { readBatches, writeBatches } from '../tables/batches.ts';
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

  const batches = { client, tableName: TableName, patience };

  /** In which batch each object is, by the name of its partition. */
  const placesOf = async (runId: string, keys: readonly string[]): Promise<Map<string, number>> => {
    const items = await readBatches(
      batches,
      keys.map((key) => placeKey(runId, key)),
    );
    return new Map(items.map((item) => [item['pk']?.S ?? '', batchOf(item) ?? 0]));
  };
  const placeName = (runId: string, key: string): string => placeKey(runId, key)['pk']?.S ?? '';

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
    putObjects: async (runId, records) => {
      const places = await placesOf(
        runId,
        records.map(({ key }) => key),
      );
      const before = ({ key }: RunObject): number | undefined => places.get(placeName(runId, key));
      const moved = records.filter((record) => before(record) !== record.batch);
      // In this order an object is never in a batch that its place does not name, whenever it ends.
      await writeBatches(
        batches,
        moved.flatMap((record) => {
          const batch = before(record);
          if (batch === undefined) return [];
          return [{ DeleteRequest: { Key: objectKey(runId, batch, record.key) } }];
        }),
      );
      await writeBatches(
        batches,
        moved.map((record) => ({ PutRequest: { Item: placeItem(runId, record) } })),
      );
      await writeBatches(
        batches,
        records.map((record) => ({ PutRequest: { Item: objectItem(runId, record) } })),
      );
    },
    objectsOf: async (runId, keys) => {
      const places = await placesOf(runId, keys);
      const wanted = keys.flatMap((key) => {
        const batch = places.get(placeName(runId, key));
        return batch === undefined ? [] : [objectKey(runId, batch, key)];
      });
      const items = await readBatches(batches, wanted);
      return new Map(items.map((item) => objectOf(item)).map((record) => [record.key, record]));
    },
    objects: async function* (runId, batch) {
      for await (const item of query(batchPartition(runId, batch).S)) yield objectOf(item);
    },
  };
}
