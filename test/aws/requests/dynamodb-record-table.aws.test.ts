import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { expect, it } from 'vitest';
import { dynamodbRecordTable } from '../../../lib/aws/requests/dynamodb-record-table.ts';
import { changeEventOf } from '../../../lib/aws/requests/record-items.ts';
import type { ChangeEvent } from '../../../lib/core/ports/record-table.ts';
import { PROTOCOL, type TaskRequest } from '../../../lib/core/services/protocol.ts';
import { dataMap } from '../../../lib/data-map.ts';
import { performTask } from '../../../lib/sample-services/perform-task.ts';
import { SAMPLE_SERVICES } from '../../../lib/sample-services/sample-service.ts';
import { seedPeople } from '../../../lib/sample-services/seed-people.ts';
import { recordTableContract } from '../../contracts/record-table.ts';
import { makeTable } from './make-table.ts';

async function makeRecords() {
  const table = await makeTable();
  const committed: ChangeEvent[] = [];
  const records = dynamodbRecordTable(table);
  return {
    ...table,
    events: () => committed,
    table: {
      ...records,
      commit: async (change: Parameters<typeof records.commit>[0]) => {
        const outcome = await records.commit(change);
        // As the table's stream would tell of them: what is in the table, in the order of the writes.
        const { Items = [] } = await table.client.send(
          new ScanCommand({ TableName: table.tableName }),
        );
        const stored = Items.flatMap((item) => changeEventOf(item) ?? []);
        for (const { eventId } of change.events ?? []) {
          const event = stored.find((one) => one.eventId === eventId);
          if (event !== undefined) committed.push(event);
        }
        return outcome;
      },
    },
  };
}

recordTableContract('RecordTable on DynamoDB', makeRecords);

it('a person of every sample service is erased, given back, and leaves no pointer behind', async () => {
  const { client, tableName, close } = await makeTable();
  const table = dynamodbRecordTable({ client, tableName });
  const HOUR = 3_600_000;
  const deps = { table, dataMap, clock: { now: () => 1_000 }, undoWindow: HOUR };
  const [person] = await seedPeople(deps, { seed: 3, from: 1, count: 2 });
  const identities = [{ identifier: 'customer_id', value: person!.customerId }];
  const kinds = async () => {
    const { Items = [] } = await client.send(new ScanCommand({ TableName: tableName }));
    const partitions = Items.map(({ pk }) => pk?.S?.split('#')[0] ?? '');
    return partitions.filter((kind) => kind === 'record' || kind === 'identity').sort();
  };
  const before = await kinds();
  for (const store of SAMPLE_SERVICES.flatMap(({ stores }) => [...stores])) {
    if (store.name === 'invoices') continue;
    const task = {
      ...{ protocol: PROTOCOL, dsrId: 'd', taskId: store.name, store: store.name },
      ...{ identities, reason: `dsr:d/${store.name}#1` },
    } satisfies Partial<TaskRequest>;
    const erased = await performTask(deps, store, { ...task, attempt: 1, operation: 'erase' });
    expect(erased).toMatchObject({ reply: { status: 'done' } });
    expect(await table.find(store.name, identities[0]!)).toEqual([]);
    const undone = await performTask(deps, store, { ...task, attempt: 2, operation: 'undo' });
    expect(undone).toMatchObject({ reply: { status: 'done' } });
  }
  expect(await kinds()).toEqual(before);
  await close();
});
