import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  runPass,
  type DeleteForgottenContext,
} from '../../../lambdas/delete-forgotten/delete-forgotten.ts';
import type { SnapshotProgress } from '../../../lib/core/ports/warehouse-snapshots.ts';
import { sql } from '../../../lib/core/warehouse/sql/statement.ts';
import {
  openMemoryWarehouse,
  type LocalWarehouse,
} from '../../../lib/local/warehouse/pglite-warehouse.ts';
import { must } from '../../core/warehouse/warehouse-fixture.ts';
import {
  DAY,
  forgetAnna,
  openWorld,
  RADIUS,
  START,
  type WarehouseWorld,
} from '../warehouse-world.ts';

describe('the daily pass', () => {
  let database: LocalWarehouse;
  let world: WarehouseWorld;
  let taken: object[];
  let progress: SnapshotProgress[];
  beforeAll(async () => {
    database = await openMemoryWarehouse();
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    world = await openWorld(database);
    taken = [];
    progress = ['under-way', 'done'];
  });

  const contextOf = (more: Partial<DeleteForgottenContext> = {}): DeleteForgottenContext => ({
    ...world,
    radius: RADIUS,
    backup: {
      of: 'lethe',
      tags: { DataOwner: 'sales' },
      sleep: () => Promise.resolve(),
      snapshots: {
        take: (from, snapshot) => Promise.resolve(void taken.push({ from, ...snapshot })),
        taken: () => Promise.resolve(progress.shift() ?? 'done'),
      },
    },
    ...more,
  });
  const pass = (more?: Partial<DeleteForgottenContext>, left = 900_000) =>
    runPass(() => left, contextOf(more));
  const people = async (): Promise<unknown[]> =>
    (await database.query(sql`SELECT customer_id FROM shop.customers_pii ORDER BY 1`)).map(
      (row) => row['customer_id'],
    );

  it('does nothing, and backs nothing up, while nobody is due', async () => {
    await forgetAnna(world);
    expect(await pass()).toEqual({ outcome: 'nothing-due' });
    expect(taken).toEqual([]);
    expect(await people()).toEqual(['c1', 'c2']);
  });

  it('takes a restricted backup, deletes who is due, and counts no row left', async () => {
    world.clock.at = (await forgetAnna(world)) + 1;
    expect(await pass()).toEqual({ outcome: 'deleted' });
    expect(await people()).toEqual(['c2']);
    expect(taken).toEqual([
      expect.objectContaining({
        from: 'lethe',
        id: `lethe-before-pass-${new Date(world.clock.at).toISOString().slice(0, 10)}`,
        retentionDays: 29,
        tags: expect.objectContaining({ Access: 'restricted', DataOwner: 'sales' }) as object,
      }),
    ]);
    expect(world.meter.sums).toMatchObject({ RowsForgotten: 1, RowsLeft: 0, PassesStopped: 0 });
    expect(await pass()).toEqual({ outcome: 'nothing-due' });
    expect(taken).toHaveLength(1);
  });

  it('deletes nothing until its backup is whole', async () => {
    world.clock.at = (await forgetAnna(world)) + 1;
    progress = ['failed'];
    await expect(pass()).rejects.toThrow('The backup before the pass is failed');
    progress = ['under-way', 'under-way'];
    await expect(pass({}, 60_000)).rejects.toThrow('takes long');
    expect(await people()).toEqual(['c1', 'c2']);
  });

  it('is stopped by the blast radius, before any backup, and says so to the alarm', async () => {
    world.clock.at = (await forgetAnna(world)) + 1;
    expect(await pass({ radius: { rows: 0, proportion: 0.1 } })).toEqual({ outcome: 'stopped' });
    expect(taken).toEqual([]);
    expect(await people()).toEqual(['c1', 'c2']);
    expect(world.meter.sums).toMatchObject({ PassesStopped: 1, RowsForgotten: 0 });
  });

  it('finds rows that are flagged and that nobody will take, by the flags alone', async () => {
    await must(database, [sql`UPDATE shop.tickets SET forgotten_flag = 'Yes'`]);
    await pass();
    expect(world.meter.sums).toMatchObject({ RowsLeft: 2 });
  });

  it('vacuums what a pass deleted that died before its VACUUM', async () => {
    world.clock.at = (await forgetAnna(world)) + 1;
    const ran: string[] = [];
    const vacuuming = (vacuum: () => Promise<void>): DeleteForgottenContext['warehouse'] => ({
      ...world.warehouse,
      run: (statement) => {
        const [text = ''] = statement.texts;
        if (!text.startsWith('VACUUM')) return world.warehouse.run(statement);
        ran.push(text);
        return vacuum();
      },
    });
    const dying = vacuuming(() => Promise.reject(new Error('killed')));
    await expect(pass({ warehouse: dying })).rejects.toThrow('killed');
    expect(await people()).toEqual(['c2']);
    const again = vacuuming(() => Promise.resolve());
    await pass({ warehouse: again });
    expect(ran).toHaveLength(2);
    expect(new Set(ran)).toEqual(new Set(['VACUUM "shop"."customers_pii"']));
    world.clock.at += 3 * DAY;
    await pass({ warehouse: again });
    expect(ran).toHaveLength(2);
  });

  it('takes lapsed entries out of the ledger, and no other', async () => {
    const due = await forgetAnna(world);
    const entries = async (): Promise<number> => {
      const found: string[] = [];
      for await (const { taskKey } of world.ledger.entries()) found.push(taskKey);
      return found.length;
    };
    world.clock.at = due + DAY;
    await pass();
    expect(await entries()).toBe(1);
    world.clock.at = due + 31 * DAY;
    await pass();
    expect(await entries()).toBe(0);
  });

  it('logs and meters nothing of anybody', async () => {
    world.clock.at = (await forgetAnna(world)) + 1;
    await pass();
    expect(JSON.stringify([world.log.lines, world.meter.sums])).not.toMatch(/anna|c1/i);
    expect(START).toBeLessThan(world.clock.at);
  });
});
