import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { RunObject } from '../../lib/core/erasure/run/run.ts';
import { dynamodbErasureOrders } from '../../lib/aws/archive/dynamodb-erasure-orders.ts';
import { dynamodbRunStore } from '../../lib/aws/archive/dynamodb-run-store.ts';
import { runStoreContract } from '../contracts/run-store.ts';
import { standIn } from './stand-in.ts';

runStoreContract('dynamodbRunStore', makeStores);

async function makeStores() {
  const client = new DynamoDBClient(standIn());
  const tableName = `runs-${randomUUID()}`;
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
  return {
    tableName,
    client,
    runs: dynamodbRunStore({ client, tableName }),
    orders: dynamodbErasureOrders({ client, tableName }),
    close: () => {
      client.destroy();
      return Promise.resolve();
    },
  };
}

describe('dynamodbRunStore', () => {
  const someObject = (key: string, batch: number): RunObject => ({
    ...{ key, place: 0, batch, state: 'planned', versions: [], rewritings: [] },
  });

  it('holds records of hundreds of versions, and batches over a page of 1 MB', async () => {
    const { runs, close } = await makeStores();
    const versions = Array.from({ length: 900 }, (_, at) => ({
      ...{ versionId: `v${at}`, etag: `"${'e'.repeat(32)}"`, size: 1, lastModified: 1 },
      ...{ isLatest: at === 0, status: 'read' as const, rows: 1, matched: 0, unparsable: 0 },
    }));
    const keys = Array.from({ length: 8 }, (_, at) => `long/${'n'.repeat(1000)}/${at}`);
    for (const key of keys) await runs.putObject('run', { ...someObject(key, 0), versions });
    expect(await runs.object('run', keys[3]!)).toEqual({ ...someObject(keys[3]!, 0), versions });
    const found: string[] = [];
    for await (const { key } of runs.objects('run', 0)) found.push(key);
    expect(found.sort()).toEqual(keys);
    await close();
  });
});
