import {
  type DynamoDBClient,
  GetItemCommand,
  type TransactWriteItem,
} from '@aws-sdk/client-dynamodb';
import type { RecordChange, RecordTable, ServiceRecord } from '../../core/ports/record-table.ts';
import { PATIENCE, patiently, type Patience } from '../tables/retry.ts';
import { transact } from '../tables/transact.ts';
import {
  entryItem,
  entryKey,
  entryOf,
  eventItem,
  pointerKey,
  pointerPartition,
  recordItem,
  recordKey,
  recordOf,
  type Item,
} from './record-items.ts';
import { queryUpTo } from './request-listing.ts';

export interface DynamodbRecordTableOptions {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  /** @default pauses of up to a second, at random */
  readonly patience?: Patience;
}

/**
 * The port RecordTable on one DynamoDB table. Records, their pointers, what is remembered of the task
 * and the change events are one transaction; the table's stream carries the events on.
 */
export function dynamodbRecordTable(options: DynamodbRecordTableOptions): RecordTable {
  const { client, tableName, patience = PATIENCE } = options;
  const read = async (Key: Item): Promise<Item | undefined> => {
    const get = new GetItemCommand({ TableName: tableName, Key, ConsistentRead: true });
    return (await patiently(() => client.send(get), patience)).Item;
  };

  /** The records as they stand, whose pointers the change takes away. */
  const replaced = async ({ put = [], remove = [] }: RecordChange): Promise<ServiceRecord[]> => {
    const changed = put.filter(({ version }) => version > 1);
    const found = await Promise.all(
      [...changed, ...remove].map(async ({ store, id }) =>
        recordOf(await read(recordKey(store, id))),
      ),
    );
    return found.filter((record) => record !== undefined);
  };

  return {
    find: async (store, identity) => {
      const pointers = await queryUpTo(client, patience, Infinity, {
        TableName: tableName,
        KeyConditionExpression: 'pk = :identity',
        ExpressionAttributeValues: { ':identity': pointerPartition(store, identity) },
        ConsistentRead: true,
      });
      const ids = pointers.map((pointer) => pointer['sk']?.S ?? '');
      const found = await Promise.all(ids.map((id) => read(recordKey(store, id))));
      const records = found.map(recordOf).filter((record) => record !== undefined);
      return records.sort((a, b) => (a.id < b.id ? -1 : 1));
    },
    entry: async (key) => entryOf(await read(entryKey(key))),
    commit: async (change) => {
      const old = await replaced(change);
      const outcome = await transact(client, itemsOf(tableName, change, old), patience);
      return outcome.kind === 'written' ? 'committed' : 'conflict';
    },
  };
}

function itemsOf(
  TableName: string,
  { entry, put = [], remove = [], events = [] }: RecordChange,
  old: readonly ServiceRecord[],
): TransactWriteItem[] {
  const has = (version: number) =>
    version === 0
      ? { ConditionExpression: 'attribute_not_exists(pk)' }
      : {
          ConditionExpression: 'version = :version',
          ExpressionAttributeValues: { ':version': { N: String(version) } },
        };
  const pointers = new Map<string, TransactWriteItem>();
  const nameOf = (key: Item): string => `${key['pk']?.S ?? ''} ${key['sk']?.S ?? ''}`;
  for (const { store, id, identities } of old) {
    for (const identity of identities) {
      const Key = pointerKey(store, identity, id);
      pointers.set(nameOf(Key), { Delete: { TableName, Key } });
    }
  }
  for (const record of put) {
    const before = old.find(({ store, id }) => store === record.store && id === record.id);
    for (const identity of record.identities) {
      const item = pointerKey(record.store, identity, record.id);
      const stays = before?.identities.some(
        ({ identifier, value }) => identifier === identity.identifier && value === identity.value,
      );
      if (stays === true) pointers.delete(nameOf(item));
      else pointers.set(nameOf(item), { Put: { TableName, Item: item } });
    }
  }
  return [
    ...(entry === undefined
      ? []
      : [{ Put: { TableName, Item: entryItem(entry), ...has(entry.version - 1) } }]),
    ...put.map((record) => ({
      Put: { TableName, Item: recordItem(record), ...has(record.version - 1) },
    })),
    ...remove.map(({ store, id, version }) => ({
      Delete: { TableName, Key: recordKey(store, id), ...has(version) },
    })),
    ...pointers.values(),
    ...events.map((event) => ({ Put: { TableName, Item: eventItem(event) } })),
  ];
}
