import type { Answers } from '../aws-stand-in.ts';
import { holds, type Item, orderOf, type Placeholders, updated } from './expressions.ts';
import type { KeyShape, TableShape } from './table-shapes.ts';

type Input = Readonly<Record<string, unknown>>;

/** A write, alone or in a transaction. */
interface Write {
  readonly TableName: string;
  readonly Key?: Item;
  readonly Item?: Item;
  readonly UpdateExpression?: string;
  readonly ConditionExpression?: string;
  readonly ExpressionAttributeNames?: Placeholders['names'];
  readonly ExpressionAttributeValues?: Item;
  readonly ReturnValuesOnConditionCheckFailure?: string;
}

/**
 * DynamoDB as far as our functions need it: items that stay, conditions that hold or do not,
 * transactions, queries with pages, and a stream of each table. Keys are those of the templates.
 */
export class Tables {
  private readonly items = new Map<string, Map<string, Item>>();
  private readonly written = new Map<string, (Item | undefined)[]>();
  private readonly tokens = new Set<string>();
  private readonly shapes: ReadonlyMap<string, TableShape>;

  constructor(shapes: ReadonlyMap<string, TableShape>) {
    this.shapes = shapes;
  }

  /** As a person would put it in the console. */
  put(table: string, item: Item): void {
    this.store(table, this.nameOf(table, item), item);
  }

  /** New images since the last time; undefined for a removal. */
  drain(table: string): readonly (Item | undefined)[] {
    return this.stream(table).splice(0);
  }

  all(table: string): readonly Item[] {
    return [...this.of(table).values()];
  }

  readonly answers: Answers = {
    'dynamodb:GetItem': ({ TableName, Key }) => ({
      Item: this.of(String(TableName)).get(this.keyName(String(TableName), Key as Item)),
    }),
    'dynamodb:PutItem': (input) => this.writeOne(input as unknown as Write),
    'dynamodb:DeleteItem': (input) => this.writeOne(input as unknown as Write),
    'dynamodb:UpdateItem': (input) => this.writeOne(input as unknown as Write),
    'dynamodb:Query': (input) => this.query(input),
    'dynamodb:BatchGetItem': ({ RequestItems }) => ({
      Responses: Object.fromEntries(
        Object.entries(RequestItems as Record<string, { Keys: Item[] }>).map(
          ([table, { Keys }]) => [
            table,
            Keys.flatMap((key) => this.of(table).get(this.keyName(table, key)) ?? []),
          ],
        ),
      ),
      UnprocessedKeys: {},
    }),
    'dynamodb:BatchWriteItem': ({ RequestItems }) => {
      const byTable = RequestItems as Record<string, { PutRequest: { Item: Item } }[]>;
      for (const [table, requests] of Object.entries(byTable)) {
        for (const { PutRequest } of requests) this.put(table, PutRequest.Item);
      }
      return { UnprocessedItems: {} };
    },
    'dynamodb:TransactWriteItems': ({ TransactItems, ClientRequestToken }) =>
      this.transact(
        (TransactItems as Record<string, Write>[]).flatMap((item) => Object.entries(item)),
        ClientRequestToken as string | undefined,
      ),
  };

  private writeOne(write: Write): unknown {
    if (!this.allows(write)) {
      return { __type: `${TYPES}ConditionalCheckFailedException`, ...this.told(write) };
    }
    this.apply(write);
    return {};
  }

  /** All or nothing; the same token again is answered as it was. */
  private transact(
    parts: readonly (readonly [string, Write])[],
    token: string | undefined,
  ): unknown {
    const unknown = parts.find(([kind]) => !['Put', 'Update', 'Delete'].includes(kind));
    if (unknown !== undefined) throw new Error(`Teach tables.ts ${unknown[0]}`);
    const writes = parts.map(([, write]) => write);
    if (token !== undefined && this.tokens.has(token)) return {};
    const names = writes.map((write) => `${write.TableName} ${this.target(write)}`);
    if (new Set(names).size < names.length) {
      return { __type: 'ValidationException', message: 'A transaction names an item twice' };
    }
    if (!writes.every((write) => this.allows(write))) {
      const CancellationReasons = writes.map((write) =>
        this.allows(write)
          ? { Code: 'None' }
          : { Code: 'ConditionalCheckFailed', ...this.told(write) },
      );
      return { __type: `${TYPES}TransactionCanceledException`, CancellationReasons };
    }
    for (const write of writes) this.apply(write);
    if (token !== undefined) this.tokens.add(token);
    return {};
  }

  private allows(write: Write): boolean {
    const { ConditionExpression: condition } = write;
    return (
      condition === undefined || holds(condition, placeholdersOf(write), this.present(write) ?? {})
    );
  }

  /** What the writer is told of the item that stands against it. */
  private told(write: Write): { Item?: Item } {
    const item = this.present(write);
    const isTold = write.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' && item !== undefined;
    return isTold ? { Item: item } : {};
  }

  private apply(write: Write): void {
    const { TableName, Key, Item: item, UpdateExpression } = write;
    if (item !== undefined) {
      this.put(TableName, item);
    } else if (UpdateExpression !== undefined) {
      const before = this.present(write) ?? Key!;
      this.put(TableName, updated(UpdateExpression, placeholdersOf(write), before));
    } else if (this.of(TableName).delete(this.target(write))) {
      this.stream(TableName).push(undefined);
    }
  }

  private present(write: Write): Item | undefined {
    return this.of(write.TableName).get(this.target(write));
  }

  private target({ TableName, Key, Item: item }: Write): string {
    return item === undefined ? this.keyName(TableName, Key!) : this.nameOf(TableName, item);
  }

  /** A page, in the order of the sort key. An index of ours holds keys only. */
  private query(input: Input): unknown {
    const { TableName, IndexName, Limit, ScanIndexForward, ExclusiveStartKey } = input;
    const table = String(TableName);
    const { key, indexes } = this.shape(table);
    const name = IndexName as string | undefined;
    const index = name === undefined ? undefined : indexes.get(name);
    if (name !== undefined && (index === undefined || input['ConsistentRead'] === true)) {
      throw new Error(`${table} has no index ${name} to be read so`);
    }
    const order = index ?? key;
    const condition = String(input['KeyConditionExpression']);
    const found = this.all(table)
      .filter((item) => hasKey(order, item) && holds(condition, placeholdersOf(input), item))
      .sort((a, b) => this.compare(table, order, a, b));
    if (ScanIndexForward === false) found.reverse();
    const start = ExclusiveStartKey as Item | undefined;
    const direction = ScanIndexForward === false ? -1 : 1;
    const after =
      start === undefined
        ? found
        : found.filter((item) => direction * this.compare(table, order, item, start) > 0);
    const page = after.slice(0, (Limit as number | undefined) ?? after.length);
    const keys = page.map((item) => ({ ...only(key, item), ...only(order, item) }));
    return {
      Items: index === undefined ? page : keys,
      Count: page.length,
      ScannedCount: page.length,
      ...(page.length < after.length && { LastEvaluatedKey: keys.at(-1) }),
    };
  }

  private compare(table: string, order: KeyShape, a: Item, b: Item): number {
    const { key } = this.shape(table);
    const names = [order.sort, key.partition, key.sort].filter((name) => name !== undefined);
    const orders = names.map((name) => orderOf(a[name]!, b[name]!));
    return orders.find((one) => one !== 0) ?? 0;
  }

  private store(table: string, name: string, item: Item): void {
    const items = this.of(table);
    // Source: DynamoDB developer guide, "Change data capture for DynamoDB Streams": what changes
    // nothing writes no record.
    const isSame = JSON.stringify(items.get(name)) === JSON.stringify(item);
    items.set(name, item);
    if (!isSame) this.stream(table).push(item);
  }

  /** Of an item, which may hold more than its key. */
  private nameOf(table: string, item: Item): string {
    return this.keyName(table, only(this.shape(table).key, item));
  }

  private keyName(table: string, given: Item): string {
    const { partition, sort } = this.shape(table).key;
    const names = [partition, ...(sort === undefined ? [] : [sort])];
    if (Object.keys(given).sort().join() !== [...names].sort().join()) {
      throw new Error(`${table} has the key ${names.join()}, not ${Object.keys(given).join()}`);
    }
    return JSON.stringify(names.map((name) => given[name]));
  }

  private shape(table: string): TableShape {
    const shape = this.shapes.get(table);
    if (shape === undefined) throw new Error(`No stack has the table ${table}`);
    return shape;
  }

  private of(table: string): Map<string, Item> {
    const items = this.items.get(table) ?? new Map<string, Item>();
    this.items.set(table, items);
    return items;
  }

  private stream(table: string): (Item | undefined)[] {
    const stream = this.written.get(table) ?? [];
    this.written.set(table, stream);
    return stream;
  }
}

const TYPES = 'com.amazonaws.dynamodb.v20120810#';

function placeholdersOf(input: Input | Write): Placeholders {
  const { ExpressionAttributeNames: names = {}, ExpressionAttributeValues: values = {} } =
    input as Partial<Write>;
  return { names, values };
}

function hasKey({ partition, sort }: KeyShape, item: Item): boolean {
  return item[partition] !== undefined && (sort === undefined || item[sort] !== undefined);
}

function only({ partition, sort }: KeyShape, item: Item): Item {
  const names = [partition, sort].filter((name) => name !== undefined);
  return Object.fromEntries(
    names.flatMap((name) => (item[name] === undefined ? [] : [[name, item[name]]])),
  );
}
