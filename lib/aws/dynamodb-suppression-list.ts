import {
  type DynamoDBClient,
  GetItemCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  type TransactWriteItem,
} from '@aws-sdk/client-dynamodb';
import type { Clock } from '../core/ports/clock.ts';
import type { SuppressionEntry, SuppressionList } from '../core/ports/suppression-list.ts';
import { dynamodbSuppressionReader, headOf } from './suppression-changes.ts';
import {
  changeKey,
  entryFields,
  entryKey,
  HEAD_KEY,
  inSeconds,
  type Item,
  numberOf,
  sameEntry,
} from './suppression-items.ts';

/** Other writers came first too often; nothing was written, and the call may be made again. */
class SuppressionContentionError extends Error {
  override readonly name = 'SuppressionContentionError';
}

export interface DynamodbSuppressionListOptions {
  client: DynamoDBClient;
  tableName: string;
  clock: Clock;
  sleep: (milliseconds: number) => Promise<void>;
  /** Uniform in [0, 1). */
  random: () => number;
}

/** A transaction holds 100 items: the head, and for each entry itself, its change, its old change. */
const ENTRIES_A_TRANSACTION = 33;
const MOST_ATTEMPTS = 30;
const LONGEST_BACKOFF_MILLISECONDS = 400;
/** A lift must outlive every reader's cursor; functions' instances live for hours. */
const LIFT_KEPT_MILLISECONDS = 30 * 24 * 3600 * 1000;

/**
 * The port on one DynamoDB table. Each write is one transaction that takes the next numbers from the
 * head: changes come into being in the order of their numbers, so a reader that saw the head at n
 * has missed none up to n. The price is that writers queue at the head, some tens of transactions
 * (of 33 entries) a second; readers at rest pay one read of one small item.
 */
export function dynamodbSuppressionList(options: DynamodbSuppressionListOptions): SuppressionList {
  const { client, tableName, clock, sleep, random } = options;

  /** Plans a transaction from what is there, until one goes through or nothing is left to do. */
  const write = async (plan: (head: number) => Promise<TransactWriteItem[]>): Promise<void> => {
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      const head = await headOf(client, tableName);
      const items = await plan(head);
      if (items.length === 0) return;
      try {
        await client.send(new TransactWriteItemsCommand({ TransactItems: items }));
        return;
      } catch (error) {
        if (!isLostRace(error)) throw error;
      }
      await sleep(random() * Math.min(LONGEST_BACKOFF_MILLISECONDS, 10 * 2 ** attempt));
    }
    throw new SuppressionContentionError(
      'The suppression list is being written by too many at once; try again',
    );
  };

  const entryAt = async (subjectHash: string, requestId: string): Promise<Item | undefined> => {
    const { Item: item } = await client.send(
      new GetItemCommand({
        TableName: tableName,
        Key: entryKey(subjectHash, requestId),
        ConsistentRead: true,
      }),
    );
    return item;
  };

  return {
    add: async (entries) => {
      const distinct = [...new Map(entries.map((entry) => [identityOf(entry), entry])).values()];
      for (let at = 0; at < distinct.length; at += ENTRIES_A_TRANSACTION) {
        const chunk = distinct.slice(at, at + ENTRIES_A_TRANSACTION);
        await write(async (head) => {
          const present = await Promise.all(
            chunk.map(({ subjectHash, requestId }) => entryAt(subjectHash, requestId)),
          );
          let sequence = head;
          const items = chunk.flatMap((entry, index) => {
            const old = present[index];
            if (old !== undefined && sameEntry(old, entry)) return [];
            sequence += 1;
            return additionOf(tableName, entry, sequence, old);
          });
          return items.length === 0 ? [] : [advance(tableName, head, sequence), ...items];
        });
      }
    },
    lift: (subjectHash, requestId) =>
      write(async (head) => {
        const old = await entryAt(subjectHash, requestId);
        if (old === undefined) return [];
        const change = {
          ...changeKey(head + 1),
          subjectHash: { S: subjectHash },
          requestId: { S: requestId },
          expiresAt: inSeconds(clock.now() + LIFT_KEPT_MILLISECONDS),
        };
        return [
          advance(tableName, head, head + 1),
          { Delete: { TableName: tableName, Key: entryKey(subjectHash, requestId) } },
          { Put: { TableName: tableName, Item: change } },
          ...removalOfChange(tableName, old),
        ];
      }),
    ...dynamodbSuppressionReader(client, tableName, clock),
  };
}

/** All that is planned holds only while nobody else wrote: the head's condition sees to that. */
function advance(TableName: string, from: number, to: number): TransactWriteItem {
  return {
    Update: {
      TableName,
      Key: HEAD_KEY,
      UpdateExpression: 'SET #sequence = :to',
      ConditionExpression: from === 0 ? 'attribute_not_exists(#sequence)' : '#sequence = :from',
      ExpressionAttributeNames: { '#sequence': 'sequence' },
      ExpressionAttributeValues: {
        ':to': { N: String(to) },
        ...(from === 0 ? {} : { ':from': { N: String(from) } }),
      },
    },
  };
}

function additionOf(
  TableName: string,
  entry: SuppressionEntry,
  sequence: number,
  old: Item | undefined,
): TransactWriteItem[] {
  const fields = entryFields(entry);
  const key = entryKey(entry.subjectHash, entry.requestId);
  return [
    { Put: { TableName, Item: { ...fields, ...key, sequence: { N: String(sequence) } } } },
    { Put: { TableName, Item: { ...fields, ...changeKey(sequence) } } },
    ...(old === undefined ? [] : removalOfChange(TableName, old)),
  ];
}

/** A change that a later one supersedes is taken away: the log is as long as the list, not its past. */
function removalOfChange(TableName: string, entry: Item): TransactWriteItem[] {
  const sequence = numberOf(entry['sequence']);
  return sequence === undefined ? [] : [{ Delete: { TableName, Key: changeKey(sequence) } }];
}

function identityOf({ subjectHash, requestId }: SuppressionEntry): string {
  return `${subjectHash} ${requestId}`;
}

function isLostRace(error: unknown): boolean {
  return (
    error instanceof TransactionCanceledException &&
    (error.CancellationReasons ?? []).some(
      ({ Code }) => Code === 'ConditionalCheckFailed' || Code === 'TransactionConflict',
    )
  );
}
