import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { dynamodbArchiveNotes } from '../../lib/aws/archive/dynamodb-archive-notes.ts';
import { archiveNotesContract } from '../contracts/archive-notes.ts';
import { makeTable } from './requests/make-table.ts';
import { standIn } from './stand-in.ts';

const clock = { now: () => 1_700_000_000_000 };

archiveNotesContract('dynamodbArchiveNotes', async () =>
  dynamodbArchiveNotes({ ...(await makeTable()), clock }),
);

describe('dynamodbArchiveNotes', () => {
  it('lets every note lapse after a week', async () => {
    const table = await makeTable();
    const notes = dynamodbArchiveNotes({ ...table, clock });
    await notes.saveLook('one', { startedAt: 1 });
    const client = new DynamoDBClient(standIn());
    const { Items } = await client.send(new ScanCommand({ TableName: table.tableName }));
    expect(Items?.map(({ expiresAt }) => expiresAt)).toEqual([{ N: '1700604800' }]);
  });
});
