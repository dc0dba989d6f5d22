import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { dynamodbRunLease } from '../../lib/aws/archive/run-lease.ts';
import { standIn } from './stand-in.ts';

async function makeLease(atWork: Set<string>) {
  const client = new DynamoDBClient(standIn());
  const tableName = `lease-${randomUUID()}`;
  await client.send(
    new CreateTableCommand({
      TableName: tableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
      ],
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
    }),
  );
  const isAtWork = (holder: string) => Promise.resolve(atWork.has(holder));
  return dynamodbRunLease({ client, tableName, isAtWork });
}

describe('dynamodbRunLease', () => {
  it('is held by one execution, which may take it again', async () => {
    const lease = await makeLease(new Set(['a', 'b']));
    expect([await lease.take('a'), await lease.take('a'), await lease.take('b')]).toEqual([
      ...[true, true, false],
    ]);
    await lease.release('b');
    expect(await lease.take('b')).toBe(false);
    await lease.release('a');
    await lease.release('a');
    expect(await lease.take('b')).toBe(true);
  });

  it('is taken over from an execution that has ended without giving it back', async () => {
    const atWork = new Set(['a', 'b']);
    const lease = await makeLease(atWork);
    await lease.take('a');
    atWork.delete('a');
    expect(await lease.take('b')).toBe(true);
    expect(await lease.take('c')).toBe(false);
  });

  it('is given to one of several that ask at once', async () => {
    const lease = await makeLease(new Set(['a', 'b', 'c', 'd']));
    const taken = await Promise.all(['a', 'b', 'c', 'd'].map((holder) => lease.take(holder)));
    expect(taken.filter(Boolean)).toHaveLength(1);
  });
});
