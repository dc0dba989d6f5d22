import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { readBatches, writeBatches } from '../../../lib/aws/tables/batches.ts';

type Asked = Record<string, Record<string, unknown[] & { Keys: unknown[] }>>;

/** A table that takes and answers so many items a call. */
function stingy(most: (call: number) => number) {
  const sizes: number[] = [];
  const taken: unknown[] = [];
  const pauses: number[] = [];
  const answer = (isRead: boolean, { RequestItems }: Asked): object => {
    const items = isRead ? RequestItems!['t']!.Keys : RequestItems!['t']!;
    const count = most(sizes.push(items.length));
    taken.push(...items.slice(0, count));
    const left = items.slice(count);
    if (!isRead) return { UnprocessedItems: left.length > 0 ? { t: left } : {} };
    return {
      Responses: { t: items.slice(0, count) },
      UnprocessedKeys: left.length > 0 ? { t: { Keys: left } } : {},
    };
  };
  const client = new DynamoDBClient({
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
    requestHandler: {
      handle: ({ headers, body }: { headers: Record<string, string>; body: string }) => {
        const isRead = headers['x-amz-target']!.endsWith('BatchGetItem');
        const bytes = Buffer.from(JSON.stringify(answer(isRead, JSON.parse(body) as Asked)));
        const type = { 'content-type': 'application/x-amz-json-1.0' };
        const response = { statusCode: 200, headers: type, body: Readable.from([bytes]) };
        return Promise.resolve({ response });
      },
    } as never,
  });
  const patience = {
    sleep: (milliseconds: number) => {
      pauses.push(milliseconds);
      return Promise.resolve();
    },
    random: () => 1,
  };
  return { options: { client, tableName: 't', patience, atOnce: 1 }, sizes, taken, pauses };
}

const keys = Array.from({ length: 130 }, (_, at) => ({ pk: { S: `${at}` } }));

describe('batches of items', () => {
  it('are sent again for what the table did not take, until it has taken all', async () => {
    const { options, sizes, taken, pauses } = stingy((call) => (call % 2 === 0 ? 25 : 10));
    await writeBatches(
      options,
      keys.map((Item) => ({ PutRequest: { Item } })),
    );
    expect(taken).toEqual(keys.map((Item) => ({ PutRequest: { Item } })));
    expect(Math.max(...sizes)).toBe(25);
    expect(pauses.length).toBeGreaterThan(4);
  });

  it('are read on from what the table did not answer', async () => {
    const { options, sizes } = stingy(() => 7);
    expect(await readBatches(options, keys)).toEqual(keys);
    expect(sizes[0]).toBe(100);
  });

  it('fail, after longer and longer pauses, where the table takes nothing any more', async () => {
    const { options, pauses } = stingy((call) => (call === 1 ? 5 : 0));
    const putting = writeBatches(
      options,
      keys.map((Item) => ({ PutRequest: { Item } })),
    );
    await expect(putting).rejects.toThrow('takes no more items');
    expect(pauses.slice(1)).toEqual([...pauses.slice(1)].sort((a, b) => a - b));
    expect(pauses.length).toBeGreaterThan(8);
  });
});
