import { type DynamoDBClient, GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import type { Clock } from '../core/ports/clock.ts';
import type {
  SuppressionChange,
  SuppressionChanges,
  SuppressionList,
} from '../core/ports/suppression-list.ts';
import {
  blockKey,
  blockOf,
  changeOf,
  HEAD_KEY,
  type Item,
  lastOf,
  numberOf,
  sequenceOf,
  sortKey,
} from './suppression-items.ts';

/** Blocks read at once: fast, without a flood of connections or of memory. */
const BLOCKS_AT_ONCE = 8;

/** A cursor that this list never gave. */
class SuppressionCursorError extends Error {
  override readonly name = 'SuppressionCursorError';
}

/** The number of the last change; 0 before the first. */
export async function headOf(client: DynamoDBClient, tableName: string): Promise<number> {
  const { Item: head } = await client.send(
    new GetItemCommand({ TableName: tableName, Key: HEAD_KEY, ConsistentRead: true }),
  );
  return numberOf(head?.['sequence']) ?? 0;
}

/** The reading side alone, for functions that may only read the table. */
export function dynamodbSuppressionReader(
  client: DynamoDBClient,
  tableName: string,
  clock: Clock,
): Pick<SuppressionList, 'changesSince'> {
  return { changesSince: (cursor) => changesAfter(client, tableName, cursor, clock) };
}

/** A stretch of the changes after the cursor, in order, none of them later than the head is now. */
async function changesAfter(
  client: DynamoDBClient,
  tableName: string,
  cursor: string | undefined,
  clock: Clock,
): Promise<SuppressionChanges> {
  const after = readCursor(cursor);
  const head = await headOf(client, tableName);
  if (head <= after) return { changes: [], cursor: String(after), more: false };
  const first = blockOf(after + 1);
  const last = Math.min(blockOf(head), first + BLOCKS_AT_ONCE - 1);
  // Changes beyond the head belong to the next reading: this one may have met only a part of them.
  const upTo = Math.min(head, lastOf(last));
  const blocks = Array.from({ length: last - first + 1 }, (_, offset) => first + offset);
  const parts = await Promise.all(
    blocks.map((block) => blockChanges(client, tableName, block, after)),
  );
  const changes = parts
    .flat()
    .filter((item) => sequenceOf(item) <= upTo)
    .map(changeOf)
    .filter((change) => cursor !== undefined || isInForce(change, clock.now()));
  return { changes, cursor: String(upTo), more: upTo < head };
}

async function blockChanges(
  client: DynamoDBClient,
  tableName: string,
  block: number,
  after: number,
): Promise<Item[]> {
  const items: Item[] = [];
  let from: Item | undefined;
  do {
    const page = await client.send(
      new QueryCommand({
        TableName: tableName,
        KeyConditionExpression: 'pk = :block AND sk > :after',
        ExpressionAttributeValues: { ':block': blockKey(block), ':after': sortKey(after) },
        ConsistentRead: true,
        ExclusiveStartKey: from,
      }),
    );
    items.push(...(page.Items ?? []));
    from = page.LastEvaluatedKey;
  } while (from !== undefined);
  return items;
}

/** Whoever reads from the start holds nothing that a lift could end. */
function isInForce(change: SuppressionChange, now: number): boolean {
  return change.kind === 'added' && (change.entry.lapsesAt ?? Infinity) > now;
}

function readCursor(cursor: string | undefined): number {
  if (cursor === undefined) return 0;
  if (!/^\d{1,16}$/.test(cursor)) {
    throw new SuppressionCursorError('The cursor is none of this suppression list');
  }
  return Number(cursor);
}
