import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openFileKeyVault } from '../../../lib/local/file-key-vault.ts';
import {
  lmdbDeadLetters,
  lmdbRedriveRequests,
} from '../../../lib/local/tables/lmdb-dead-letters.ts';
import { lmdbRecordTable } from '../../../lib/local/tables/lmdb-record-table.ts';
import { lmdbRequestStore } from '../../../lib/local/tables/lmdb-request-store.ts';
import { openTables } from '../../../lib/local/tables/open-tables.ts';
import { readdir, readFile } from 'node:fs/promises';
import { deadLettersContract } from '../../contracts/dead-letters.ts';
import { keyVaultContract } from '../../contracts/key-vault.ts';
import { recordTableContract } from '../../contracts/record-table.ts';
import { requestStoreContract } from '../../contracts/request-store.ts';
import { scratchFolder } from '../scratch-folder.ts';

const random = { bytes: (count: number) => randomBytes(count) };

requestStoreContract('RequestStore in local tables', async () => {
  const tables = openTables(await scratchFolder());
  return { store: lmdbRequestStore(tables), close: () => tables.close() };
});

recordTableContract('RecordTable in local tables', async () => {
  const tables = openTables(await scratchFolder());
  const table = lmdbRecordTable(tables);
  const events = () => table.outbox.oldest(100).map(({ event }) => event);
  return { table, events, close: () => tables.close() };
});

keyVaultContract('KeyVault in files', async () => ({
  vault: await openFileKeyVault(await scratchFolder()),
}));

deadLettersContract('DeadLetters in local tables', async () => {
  const folder = await scratchFolder();
  const tables = openTables(join(folder, 'tables'));
  const keys = await openFileKeyVault(join(folder, 'keys'));
  const letters = lmdbDeadLetters(tables, { keys, random, clock: { now: () => Date.now() } });
  const readAll = async () => {
    const names = await readdir(join(folder, 'tables'));
    const files = names.map((name) => readFile(join(folder, 'tables', name), 'latin1'));
    return [...names, ...(await Promise.all(files))].join();
  };
  return { letters, keys, readAll, close: () => tables.close() };
});

it('the wish to send letters again is heard in order, until it is done', async () => {
  const tables = openTables(await scratchFolder());
  const requests = lmdbRedriveRequests(tables);
  requests.ask({ reason: 'unsigned' });
  requests.ask({});
  const [first] = requests.waiting();
  expect(first!.filter).toEqual({ reason: 'unsigned' });
  requests.done(first!.number);
  expect(requests.waiting().map(({ filter }) => filter)).toEqual([{}]);
  await tables.close();
});

it('change events leave the outbox in order, and only when they were taken', async () => {
  const tables = openTables(await scratchFolder());
  const table = lmdbRecordTable(tables);
  const { outbox } = table;
  const event = { store: 's', at: 1, reason: 'dsr:d/s#1', remaining: 0, affected: 1 };
  await table.commit({ events: ['a', 'b', 'c'].map((eventId) => ({ ...event, eventId })) });
  const [first] = outbox.oldest(1);
  outbox.remove([first!.seq]);
  await table.commit({ events: [{ ...event, eventId: 'd' }] });
  expect(outbox.oldest(9).map((one) => one.event.eventId)).toEqual(['b', 'c', 'd']);
  await tables.close();
});
