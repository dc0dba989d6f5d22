import {
  BatchGetItemCommand,
  type AttributeValue,
  BatchWriteItemCommand,
  type DynamoDBClient,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import { patiently, pauseBefore, type Patience } from './retry.ts';

type Item = Record<string, AttributeValue>;

/** DynamoDB kept taking less than it was sent. What was taken stays: the whole is to be sent again. */
class BatchUnprocessed extends Error {
  override readonly name = 'BatchUnprocessed';
}

export interface BatchOptions {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  readonly patience: Patience;
  /** Calls in flight. @default 8 */
  readonly atOnce?: number;
}

/** Source: API reference, BatchWriteItem and BatchGetItem. */
const WRITES_A_CALL = 25;
const READS_A_CALL = 100;
const AT_ONCE = 8;
/** Attempts after which nothing more was taken; one that gets on counts anew. */
const MOST_IN_VAIN = 10;

/** Puts and deletes items in any order, none of them twice. Not a transaction: some may stand. */
export async function writeBatches(
  options: BatchOptions,
  requests: readonly WriteRequest[],
): Promise<void> {
  const { client, tableName, patience } = options;
  await eachPart(options, requests, WRITES_A_CALL, async (part) => {
    const batch = new BatchWriteItemCommand({ RequestItems: { [tableName]: [...part] } });
    const { UnprocessedItems } = await patiently(() => client.send(batch), patience);
    return UnprocessedItems?.[tableName] ?? [];
  });
}

/** Reads items by their keys, all different, seeing every write before; those that are there. */
export async function readBatches(options: BatchOptions, keys: readonly Item[]): Promise<Item[]> {
  const { client, tableName, patience } = options;
  const found: Item[] = [];
  await eachPart(options, keys, READS_A_CALL, async (part) => {
    const wanted = { Keys: [...part], ConsistentRead: true };
    const batch = new BatchGetItemCommand({ RequestItems: { [tableName]: wanted } });
    const { Responses, UnprocessedKeys } = await patiently(() => client.send(batch), patience);
    found.push(...(Responses?.[tableName] ?? []));
    return UnprocessedKeys?.[tableName]?.Keys ?? [];
  });
  return found;
}

/** Sends parts, several at once, each until nothing of it is left. */
async function eachPart<T>(
  { patience, atOnce = AT_ONCE }: BatchOptions,
  items: readonly T[],
  size: number,
  send: (part: readonly T[]) => Promise<readonly T[]>,
): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < items.length) {
      let left: readonly T[] = items.slice(next, (next += size));
      for (let inVain = 0; left.length > 0;) {
        const sent = left.length;
        left = await send(left);
        if (left.length === 0) break;
        inVain = left.length < sent ? 1 : inVain + 1;
        if (inVain > MOST_IN_VAIN) throw new BatchUnprocessed('DynamoDB takes no more items now');
        await pauseBefore(inVain, patience);
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
}
