import fc from 'fast-check';
import { copyFile, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ServiceRecord } from '../../../lib/core/ports/record-table.ts';
import { lmdbRecordTable } from '../../../lib/local/tables/lmdb-record-table.ts';
import { openTables } from '../../../lib/local/tables/open-tables.ts';
import { openRecordKeys } from '../../../lib/local/tables/record-keys.ts';
import { scratchFolder } from '../scratch-folder.ts';

const EMAIL = { identifier: 'email', value: 'canary-person@example.com' };

function record(id: string, version = 1): ServiceRecord {
  const fields = { name: 'CANARY-PERSON', email: EMAIL.value };
  return { store: 'orders', id, version, identities: [EMAIL], fields };
}

describe('records of the local services', () => {
  it('never stand in clear on the disk, neither they nor whose they are', async () => {
    const folder = await scratchFolder();
    const tables = openTables(folder);
    await lmdbRecordTable(tables).commit({ put: [record('C-CANARY-1')] });
    await tables.close();
    for (const name of await readdir(folder)) {
      expect((await readFile(join(folder, name))).toString('latin1')).not.toMatch(/canary/i);
    }
  });

  it('cannot be read once erased, even from a database that still has all of their bytes', async () => {
    const folder = await scratchFolder();
    const before = join(await scratchFolder(), 'before.mdb');
    const tables = openTables(folder);
    const table = lmdbRecordTable(tables);
    await table.commit({ put: [record('o-1'), record('o-2')] });
    await copyFile(join(folder, 'tables.mdb'), before);
    expect(await table.commit({ remove: [record('o-1')] })).toBe('committed');
    await tables.close();

    await copyFile(before, join(folder, 'tables.mdb'));
    const restored = openTables(folder);
    expect(await lmdbRecordTable(restored).find('orders', EMAIL)).toEqual([record('o-2')]);
    await restored.close();
  });

  it('are as a plain map would have them, whatever is written, changed, erased, and reopened', async () => {
    const step = fc.record({
      kind: fc.constantFrom('put', 'remove', 'reopen'),
      id: fc.constantFrom('a', 'b', 'c'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 15 }), async (steps) => {
        const folder = await scratchFolder();
        let tables = openTables(folder);
        let table = lmdbRecordTable(tables);
        const model = new Map<string, ServiceRecord>();
        for (const { kind, id } of steps) {
          const old = model.get(id);
          if (kind === 'put') {
            const next = record(id, (old?.version ?? 0) + 1);
            await table.commit({ put: [next] });
            model.set(id, next);
          } else if (kind === 'remove' && old !== undefined) {
            await table.commit({ remove: [old] });
            model.delete(id);
          } else if (kind === 'reopen') {
            await tables.close();
            tables = openTables(folder);
            table = lmdbRecordTable(tables);
          }
          const ids = [...model.keys()].sort();
          const expected = ids.map((one) => model.get(one));
          expect(await table.find('orders', EMAIL)).toEqual(expected);
        }
        await tables.close();
      }),
      { numRuns: 15 },
    );
  });
});

describe('keys of records', () => {
  it('doomed before a crash are destroyed at the next start, and only they', async () => {
    const folder = await scratchFolder();
    const first = openTables(folder);
    const keys = openRecordKeys(first);
    const issued = first.transact(() => keys.issue(3));
    first.transact(() => keys.doom([issued[1]!.slot]));
    // Here the process dies: what was to follow the transaction never does.
    expect(keys.read(issued[1]!.slot)).toBeDefined();
    await first.close();

    const second = openTables(folder);
    const again = openRecordKeys(second);
    const found = issued.map(({ slot }) => again.read(slot));
    expect(found.map((key) => key && Buffer.from(key))).toEqual([
      Buffer.from(issued[0]!.key),
      undefined,
      Buffer.from(issued[2]!.key),
    ]);
    expect(again.hash('x')).toBe(keys.hash('x'));
    // A slot is used anew, with another key.
    const [reissued] = second.transact(() => again.issue(1));
    expect(reissued!.slot).toBe(issued[1]!.slot);
    expect(reissued!.key).not.toEqual(issued[1]!.key);
    await second.close();
  });
});
