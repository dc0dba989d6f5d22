import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { replay } from '../../../lambdas/replay-ledger/replay-ledger.ts';
import { deleteForgotten } from '../../../lib/core/warehouse/erasure/delete-forgotten.ts';
import { sql } from '../../../lib/core/warehouse/sql/statement.ts';
import {
  openMemoryWarehouse,
  type LocalWarehouse,
} from '../../../lib/local/warehouse/pglite-warehouse.ts';
import { addPerson, makeTables, must } from '../../core/warehouse/warehouse-fixture.ts';
import { forgetAnna, openWorld, RADIUS, type WarehouseWorld } from '../warehouse-world.ts';

describe('the replay after a restore', () => {
  let database: LocalWarehouse;
  let world: WarehouseWorld;
  beforeAll(async () => {
    database = await openMemoryWarehouse();
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    world = await openWorld(database);
    world.clock.at = (await forgetAnna(world)) + 1;
    await deleteForgotten({ ...world, radius: RADIUS }, world.clock.at, 'run-1');
    // As it was before anybody was flagged, and before the audit table knew of it.
    await makeTables(database);
    for (const id of ['c1', 'c2', 'c3']) {
      const email = id === 'c1' ? 'anna@example.org' : `${id}@example.org`;
      await addPerson(database, { id, email, name: id });
    }
  });

  const people = async (): Promise<unknown[]> =>
    (await database.query(sql`SELECT customer_id FROM shop.customers_pii ORDER BY 1`)).map(
      (row) => row['customer_id'],
    );

  it('forgets again whom the warehouse had forgotten, and nobody else; twice is once', async () => {
    expect(await replay(world)).toEqual({ tasks: 1 });
    expect(await people()).toEqual(['c2', 'c3']);
    expect(await replay(world)).toEqual({ tasks: 0 });
    expect(await people()).toEqual(['c2', 'c3']);
  });

  it('is not stopped by the blast radius: each deletion was weighed when it was made', async () => {
    await must(database, [sql`DELETE FROM shop.customers_pii WHERE customer_id <> 'c1'`]);
    await replay(world);
    expect(await people()).toEqual([]);
  });

  it('fails loudly while a flagged row is left', async () => {
    await must(database, [sql`UPDATE shop.tickets SET forgotten_flag = 'Yes'`]);
    await expect(replay(world)).rejects.toThrow('Rows of forgotten subjects are left');
  });

  it('fails loudly where the restored warehouse lacks a table', async () => {
    await must(database, [sql`DROP TABLE lethe.erasures`]);
    await expect(replay(world)).rejects.toThrow('no-such-object');
  });
});
