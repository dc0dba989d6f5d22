import {
  CreateTableCommand,
  DeleteTableCommand,
  DynamoDBClient,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { dynamodbSuppressionList } from '../../lib/aws/dynamodb-suppression-list.ts';
import { suppressionListContract } from '../contracts/suppression-list.ts';
import { standIn } from './stand-in.ts';

async function makeList() {
  const client = new DynamoDBClient(standIn());
  const tableName = `suppression-${randomUUID()}`;
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
  let now = 0;
  const list = dynamodbSuppressionList({
    client,
    tableName,
    clock: { now: () => now },
    sleep: (milliseconds) => sleep(milliseconds),
    random: Math.random,
  });
  return {
    client,
    tableName,
    list,
    setTime: (at: number) => {
      now = at;
    },
    close: async () => {
      await client.send(new DeleteTableCommand({ TableName: tableName }));
      client.destroy();
    },
  };
}

suppressionListContract('dynamodbSuppressionList', makeList);

describe('dynamodbSuppressionList', () => {
  it('keeps as many items as the list is long, not as its past was', async () => {
    const { client, tableName, list, close } = await makeList();
    const entry = { subjectHash: 'a', reason: 'erasure', requestId: 'r' } as const;
    for (let lapsesAt = 1; lapsesAt <= 5; lapsesAt++) await list.add([{ ...entry, lapsesAt }]);
    const { Items = [] } = await client.send(new ScanCommand({ TableName: tableName }));
    expect(Items.map(({ pk }) => pk?.S).sort()).toEqual(['changes#0', 'head', 'subject#a']);
    await close();
  });

  it('lets what lapses or was lifted be taken away by time to live', async () => {
    const { client, tableName, list, setTime, close } = await makeList();
    setTime(5_000);
    const entry = { subjectHash: 'a', reason: 'erasure', requestId: 'r' } as const;
    await list.add([{ ...entry, lapsesAt: 1_500_000 }]);
    const expiries = async () => {
      const { Items = [] } = await client.send(new ScanCommand({ TableName: tableName }));
      return Items.flatMap(({ expiresAt }) => (expiresAt?.N === undefined ? [] : [expiresAt.N]));
    };
    expect(await expiries()).toEqual(['1500', '1500']);
    await list.lift('a', 'r');
    expect(await expiries()).toEqual([String(5 + 30 * 24 * 3600)]);
    await close();
  });

  it('refuses a cursor that is not its own', async () => {
    const { list, close } = await makeList();
    await expect(list.changesSince('somewhere')).rejects.toThrow('none of this suppression list');
    await close();
  });
});
