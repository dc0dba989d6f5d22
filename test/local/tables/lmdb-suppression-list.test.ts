import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { lmdbSuppressionList } from '../../../lib/local/tables/lmdb-suppression-list.ts';
import { openTables } from '../../../lib/local/tables/open-tables.ts';
import { suppressionListContract } from '../../contracts/suppression-list.ts';

async function make() {
  const folder = await mkdtemp(join(tmpdir(), 'lethe-tables-'));
  const tables = openTables(folder);
  let now = 0;
  return {
    folder,
    list: lmdbSuppressionList(tables, { now: () => now }),
    setTime: (time: number) => {
      now = time;
    },
    close: async () => {
      await tables.close();
      await rm(folder, { recursive: true });
    },
  };
}

suppressionListContract('The list in local tables', make);

it('forgets what was lifted long ago, and nothing that holds', async () => {
  const { list, setTime, close } = await make();
  const entry = (subjectHash: string) =>
    ({ subjectHash, reason: 'objection', requestId: 'r' }) as const;
  setTime(0);
  await list.add([entry('lifted'), entry('held')]);
  await list.lift('lifted', 'r');
  setTime(30 * 24 * 60 * 60 * 1000);
  await list.add([entry('new')]);
  const { changes } = await list.changesSince('0');
  expect(changes).toEqual([
    { kind: 'added', entry: entry('held') },
    { kind: 'added', entry: entry('new') },
  ]);
  await close();
});

it('tells a reader what is new after everything it had read was forgotten', async () => {
  const { list, setTime, close } = await make();
  setTime(0);
  await list.add([{ subjectHash: 'a', reason: 'erasure', requestId: 'r', lapsesAt: 1000 }]);
  const { cursor } = await list.changesSince(undefined);
  setTime(30 * 24 * 60 * 60 * 1000);
  await list.add([{ subjectHash: 'b', reason: 'erasure', requestId: 'r' }]);
  expect((await list.changesSince(cursor)).changes).toHaveLength(1);
  await close();
});
