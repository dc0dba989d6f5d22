import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { dynamodbRequestStore } from '../../../lib/aws/requests/dynamodb-request-store.ts';
import { REQUEST_TABLE } from '../../../lib/core/ports/table-shapes.ts';
import { requestStoreContract } from '../../contracts/request-store.ts';
import { sampleRequest, writeAfter } from '../../core/requests/sample-request.ts';
import { makeTable } from './make-table.ts';

async function makeStore() {
  const table = await makeTable(REQUEST_TABLE);
  return { ...table, store: dynamodbRequestStore(table) };
}

requestStoreContract('RequestStore on DynamoDB', makeStore);

describe('the table of requests', () => {
  const blank = (change = {}) => sampleRequest({ dsrId: randomUUID(), version: 0, ...change });

  it('shows the published record beside the request, true to it after every write', async () => {
    const { client, tableName, store, close } = await makeStore();
    const write = writeAfter(blank({ lifecycle: 'AWAITING_IDENTITY' }));
    await store.save(write);
    const { dsrId } = write.request;
    const read = async () => {
      const Key = { pk: { S: `request#${dsrId}` }, sk: { S: 'request' } };
      const { Item = {} } = await client.send(new GetItemCommand({ TableName: tableName, Key }));
      return [Item['DSR_ID']?.S, Item['OverallStatus']?.S];
    };
    expect(await read()).toEqual([dsrId, 'Pending']);
    await store.save(writeAfter(write.request, { lifecycle: 'COMPLETED' }));
    expect(await read()).toEqual([dsrId, 'Completed']);
    await close();
  });

  it('is searched by a hash that a later write brings, and by an old one no more', async () => {
    const { store, close } = await makeStore();
    const subject = (hashes: string[]) => ({ subject: { hashes, contactable: false } });
    const write = writeAfter(blank(subject(['a'])));
    await store.save(write);
    const { dsrId } = write.request;
    const ids = async (subjectHash: string) =>
      (await store.list({ subjectHash }, 10)).requests.map((request) => request.dsrId);
    expect(await store.save(writeAfter(write.request, subject(['b', 'c'])))).toEqual({
      kind: 'saved',
    });
    expect([await ids('a'), await ids('b'), await ids('c')]).toEqual([[], [dsrId], [dsrId]]);
    await close();
  });

  it('begins at the start with a cursor that is none of its own', async () => {
    const { store, close } = await makeStore();
    const write = writeAfter(blank());
    await store.save(write);
    const hostile = ['', '{', 'e30', Buffer.from('["1","x"]').toString('base64url'), 'ä'.repeat(9)];
    for (const cursor of hostile) {
      const { requests } = await store.list({}, 10, cursor);
      expect(requests.map(({ dsrId }) => dsrId)).toEqual([write.request.dsrId]);
    }
    await close();
  });
});
