import { access, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { SqlStatement } from '../../../lib/core/ports/warehouse.ts';
import { sql } from '../../../lib/core/warehouse/sql/statement.ts';
import { dataMap } from '../../../lib/data-map.ts';
import { openLocalTables } from '../../../lib/local/warehouse/local-tables.ts';
import { ownWarehouse, type OwnWarehouse } from '../../../lib/local/warehouse/own-warehouse.ts';
import { openPgliteWarehouse } from '../../../lib/local/warehouse/pglite-warehouse.ts';
import { sampleWarehouse } from '../../../lib/sample-services/sample-warehouse.ts';
import { scratchFolder } from '../scratch-folder.ts';

const ANN = {
  ...{ customerId: 'C-1', name: 'Ann Example', email: 'ann@example.com' },
  ...{ ssn: '900000001', dob: '1970-01-01' },
};
const sample = (): Promise<readonly SqlStatement[]> =>
  Promise.resolve(sampleWarehouse(dataMap, [ANN]));

function own(directory: string, firstContent = sample): OwnWarehouse {
  const opened = ownWarehouse({ directory, dataMap, firstContent });
  onTestFinished(() => opened.close());
  return opened;
}

/** The tables as the request engine reaches them. */
function tablesOver(warehouse: OwnWarehouse) {
  const faults: string[] = [];
  const nothing = () => Promise.resolve();
  const tables = openLocalTables({
    ...{ own: warehouse, dataMap, hashKey: new Uint8Array(32), clock: { now: () => 1_000 } },
    ledger: {
      ...{ put: nothing, remove: nothing, expire: () => Promise.resolve(0) },
      entries: async function* () {},
    },
    facts: () => Promise.resolve({}),
    onFault: (where, what) => faults.push(`${where}: ${what}`),
  });
  /** Asked again while the database opens, as the request engine does. */
  const erase = async () => {
    for (;;) {
      const reply = await tables.services.call({
        ...{ store: 'shop-customers', operation: 'erase', dsrId: 'd', taskId: 't', attempt: 1 },
        ...{ reason: 'r', identities: [{ identifier: 'customer_id', value: ANN.customerId }] },
      });
      if (reply.kind !== 'accepted') return reply;
    }
  };
  return { tables, faults, erase };
}

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

describe('the warehouse of the local target', () => {
  it('is opened once, however many look at the same time', async () => {
    const warehouse = own(join(await scratchFolder(), 'warehouse'));
    const states = await Promise.all([warehouse.look(), warehouse.look(), warehouse.look(600_000)]);
    expect(states.map(({ kind }) => kind)).toEqual(['ready', 'ready', 'ready']);
  });

  it('is made with its first content and prepared, at the first look and once', async () => {
    const directory = join(await scratchFolder(), 'warehouse');
    const first = own(directory);
    expect(await isThere(directory)).toBe(false);
    // Nobody was ever flagged: a pass opens nothing.
    expect(await tablesOver(first).tables.pass()).toBeUndefined();
    expect(await isThere(directory)).toBe(false);
    expect(await first.look(0)).toEqual({ kind: 'opening' });
    expect(await tablesOver(first).erase()).toMatchObject({ kind: 'done', affected: 1 });
    expect((await first.look()).kind).toBe('ready');
    expect(await isThere(join(directory, 'being-made'))).toBe(false);
    await first.close();

    let asked = 0;
    const second = own(directory, () => {
      asked += 1;
      return sample();
    });
    const state = await second.look();
    if (state.kind !== 'ready') throw new Error(state.kind);
    expect(asked).toBe(0);
    expect(await state.warehouse.query(sql`SELECT name FROM shop.customers_pii`)).toEqual([
      { name: ANN.name },
    ]);
  });

  it('is made anew where its making was cut off', async () => {
    const directory = join(await scratchFolder(), 'warehouse');
    const cutOff = own(directory, () => Promise.reject(new TypeError('killed')));
    await expect(cutOff.look()).rejects.toThrow('killed');
    await cutOff.close();
    // As a process leaves it that dies while PostgreSQL writes its first files.
    await writeFile(join(directory, 'postgres', 'PG_VERSION'), 'half');
    const again = await own(directory).look();
    if (again.kind !== 'ready') throw new Error(again.kind);
    expect(await again.warehouse.query(sql`SELECT name FROM shop.customers_pii`)).toHaveLength(1);
  });

  it('that somebody else made is not altered, and no erasure there is claimed', async () => {
    const directory = join(await scratchFolder(), 'warehouse');
    const theirs = await openPgliteWarehouse(directory);
    await theirs.transact([...(await sample())], 'theirs');
    await theirs.close();
    const found = own(directory, () => Promise.reject(new Error('nothing is to be made')));
    const { tables, faults, erase } = tablesOver(found);
    const refusal = { kind: 'failed', code: 'warehouse-not-prepared', retryable: true };
    expect(await found.look()).toMatchObject({ kind: 'unprepared' });
    expect(await erase()).toEqual(refusal);
    expect(await tables.services.lookUp('shop-customers', [])).toMatchObject({ kind: 'failed' });
    expect(faults[0]).toBe('warehouse: not as the data map wants it: see lethe warehouse plan');

    // A look that outlived its call is over.
    expect(await found.look()).toMatchObject({ kind: 'unprepared' });

    // It was given back: its owner looks, and finds nothing changed.
    const after = await openPgliteWarehouse(directory);
    const columns = await after.query(
      sql`SELECT column_name FROM information_schema.columns WHERE table_schema = 'shop' AND column_name = 'forgotten_flag'`,
    );
    expect(columns).toEqual([]);
    // And while the owner works in it, nothing is claimed either.
    expect(await erase()).toEqual({ ...refusal, code: 'warehouse-unavailable' });
    await after.close();
  });
});
