import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  purgeSnapshot,
  type PurgeContext,
  type PurgeTurn,
} from '../../../lambdas/purge-snapshot/purge-snapshot.ts';
import { deleteForgotten } from '../../../lib/core/warehouse/erasure/delete-forgotten.ts';
import { sql } from '../../../lib/core/warehouse/sql/statement.ts';
import {
  openMemoryWarehouse,
  type LocalWarehouse,
} from '../../../lib/local/warehouse/pglite-warehouse.ts';
import { memorySnapshots } from '../../fakes/memory-warehouse-snapshots.ts';
import { addPerson, makeTables } from '../../core/warehouse/warehouse-fixture.ts';
import {
  DAY,
  forgetAnna,
  openWorld,
  RADIUS,
  START,
  type WarehouseWorld,
} from '../warehouse-world.ts';

describe('the purge of snapshots', () => {
  let database: LocalWarehouse;
  let restored: LocalWarehouse;
  let world: WarehouseWorld;
  let memory: ReturnType<typeof memorySnapshots>;
  let opened: string[];
  beforeAll(async () => {
    database = await openMemoryWarehouse();
    restored = await openMemoryWarehouse();
  });
  afterAll(async () => {
    await database.close();
    await restored.close();
  });
  beforeEach(async () => {
    world = await openWorld(database);
    await makeTables(restored);
    await addPerson(restored, { id: 'c1', email: 'anna@example.org', name: 'Anna' });
    await addPerson(restored, { id: 'c2', email: 'ben@example.org', name: 'Ben' });
    memory = memorySnapshots(() => world.clock.at);
    opened = [];
  });

  const contextOf = (): PurgeContext => ({
    ...world,
    snapshots: memory.snapshots,
    tags: { PersonalData: 'contact' },
    openRestored: (name) => {
      opened.push(name);
      return restored;
    },
  });
  const put = (id: string, takenAt: number, retentionDays: number): void => {
    memory.taken.set(id, {
      snapshot: { id, takenAt, retentionDays, isManual: true, tags: { DataOwner: 'sales' } },
      rows: new Set(['rows']),
    });
  };
  const list = async (): Promise<readonly PurgeTurn[]> =>
    ((await purgeSnapshot({ work: 'list' }, contextOf())) as { plans: PurgeTurn[] }).plans;
  /** As the state machine sends it: through JSON. */
  const step = async ({ plan, state }: PurgeTurn): Promise<PurgeTurn> =>
    (await purgeSnapshot(
      JSON.parse(JSON.stringify({ work: 'step', plan, state })),
      contextOf(),
    )) as PurgeTurn;
  const deleteAnna = async (): Promise<void> => {
    world.clock.at = (await forgetAnna(world)) + 1;
    await deleteForgotten({ ...world, radius: RADIUS }, world.clock.at, 'run-1');
  };
  const people = async (): Promise<unknown[]> =>
    (await restored.query(sql`SELECT customer_id FROM shop.customers_pii ORDER BY 1`)).map(
      (row) => row['customer_id'],
    );

  it('has nothing to do before anything was deleted', async () => {
    put('long', START - DAY, -1);
    expect(await list()).toEqual([]);
  });

  it('takes a forgotten subject out of a snapshot, step by step, each of which may come twice', async () => {
    put('long', START - DAY, -1);
    put('short', START - DAY, 7);
    await deleteAnna();
    const plans = await list();
    expect(plans.map(({ plan, turn }) => [plan.snapshot.id, turn])).toEqual([['long', 'go']]);
    const turns: string[] = [];
    let at = plans[0]!;
    for (let count = 0; at.turn === 'go' || at.turn === 'pause'; count++) {
      if (count > 20) throw new Error('The purge does not come to its end');
      await step(at);
      at = await step(at);
      turns.push(`${at.state.step}:${at.turn}`);
    }
    expect(turns).toEqual([
      ...['await-restore:pause', 'delete:go', 'snapshot:go', 'await-snapshot:pause'],
      ...['drop:go', 'done:done'],
    ]);
    expect(opened).toContain('lethe-purge-long');
    expect(await people()).toEqual(['c2']);
    expect([...memory.taken.keys()].sort()).toEqual(['long-purged', 'short']);
    expect(memory.taken.get('long-purged')!.snapshot.tags).toEqual({
      ...{ DataOwner: 'sales', PersonalData: 'contact' },
    });
    expect(memory.restored.size).toBe(0);
    expect(await list()).toEqual([]);
  });

  it('waits, and takes no fresh snapshot, while a flagged row is left', async () => {
    put('long', START - DAY, -1);
    await deleteAnna();
    await restored.run(sql`UPDATE shop.tickets SET forgotten_flag = 'Yes'`);
    const [{ plan }] = (await list()) as [PurgeTurn];
    const turn = await step({ plan, state: { step: 'delete' }, turn: 'go' });
    expect(turn).toMatchObject({ state: { step: 'delete' }, turn: 'pause' });
    expect([...memory.taken.keys()]).toEqual(['long']);
  });

  it('waits for a restored warehouse whose tables are not there yet', async () => {
    put('long', START - DAY, -1);
    await deleteAnna();
    await restored.run(sql`DROP TABLE lethe.erasures`);
    const [{ plan }] = (await list()) as [PurgeTurn];
    const turn = await step({ plan, state: { step: 'delete' }, turn: 'go' });
    expect(turn).toMatchObject({ state: { step: 'delete' }, turn: 'pause' });
  });

  it('ends as failed where the restored warehouse is gone, and keeps the old snapshot', async () => {
    put('long', START - DAY, -1);
    await deleteAnna();
    const [{ plan }] = (await list()) as [PurgeTurn];
    const turn = await step({ plan, state: { step: 'await-restore' }, turn: 'go' });
    expect(turn).toMatchObject({ turn: 'failed' });
    expect([...memory.taken.keys()]).toEqual(['long']);
  });

  it.each([{}, { work: 'all' }, { work: 'step', plan: {}, state: { step: 'drop' } }])(
    'refuses %j',
    async (event) => {
      await expect(purgeSnapshot(event, contextOf())).rejects.toThrow('start the state machine');
    },
  );
});
