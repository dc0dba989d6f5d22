import { describe, expect, it } from 'vitest';

import { extendRun, extendWithin } from '../../../../lib/core/erasure/run/extend-run.ts';
import { planRun, planWithin } from '../../../../lib/core/erasure/run/plan-run.ts';
import type { RunObject } from '../../../../lib/core/erasure/run/run.ts';
import type { RunStore } from '../../../../lib/core/ports/run-store.ts';
import { dyingWorld } from './dying-world.ts';
import { openWorld, put, request, row, type World } from './run-world.ts';

const MANY = 2_350;

async function filled(): Promise<World> {
  const world = openWorld();
  for (let at = 0; at < MANY; at++) await put(world.objects, `data/${at}`, row('carol', at));
  for (let at = 0; at < 30; at++) await put(world.objects, `errors/${at}`, '');
  return world;
}

/** Every record, and the run but for how often it was written. */
async function planOf(world: World): Promise<unknown> {
  const run = await world.runs.load('run-1');
  const records: RunObject[] = [];
  for (let batch = 0; batch < 100; batch++) {
    for await (const record of world.runs.objects('run-1', batch)) records.push(record);
  }
  records.sort((a, b) => (a.key < b.key ? -1 : 1));
  return { records, run: { ...run, version: 0 } };
}

/** Writes some of the records of each call and dies at one of the calls. */
function halfWriting(runs: RunStore, diesAt: number): RunStore {
  let calls = 0;
  return {
    ...runs,
    putObjects: async (runId, records) => {
      if (calls++ !== diesAt) return runs.putObjects(runId, records);
      await runs.putObjects(
        runId,
        records.filter((_, at) => at % 3 === 0),
      );
      throw new Error('killed');
    },
  };
}

describe('the plan of a run', () => {
  it('is the same in one call and in many, each of which gets on', async () => {
    const whole = await filled();
    const { batches } = await planRun(whole, request());
    expect(batches).toEqual(Array.from({ length: 24 }, (_, at) => at));
    const inTurns = await filled();
    let turns = 1;
    while ((await planWithin(inTurns, request(), 0)) === undefined) {
      expect(await inTurns.runs.load('run-1')).toMatchObject({ state: 'planning' });
      turns += 1;
    }
    expect(turns).toBe(5);
    expect(await planOf(inTurns)).toEqual(await planOf(whole));
    expect((await inTurns.runs.load('run-1'))?.listing).toBeUndefined();
  });

  it('is the same whichever write a call dies at, and whatever of that write stands', async () => {
    const whole = await filled();
    await planRun(whole, request());
    const expected = await planOf(whole);
    for (const effect of ['before', 'after'] as const) {
      for (let at = 0; ; at++) {
        const world = await filled();
        const { deps, died } = dyingWorld(world, at, effect);
        await planWithin(deps, request(), Infinity).catch(() => undefined);
        if (!died()) {
          expect(at).toBeGreaterThan(8);
          break;
        }
        while ((await planWithin(world, request(), 0)) === undefined);
        expect(await planOf(world), `killed ${effect} write ${at}`).toEqual(expected);
      }
    }
    for (let at = 0; at < 4; at++) {
      const world = await filled();
      const dying = { ...world, runs: halfWriting(world.runs, at) };
      await expect(planRun(dying, request())).rejects.toThrow('killed');
      await planRun(world, request());
      expect(await planOf(world), `half of write ${at}`).toEqual(expected);
    }
  });

  it('deals each object once, where others come in before those that were written', async () => {
    const world = await filled();
    const dying = { ...world, runs: halfWriting(world.runs, 1) };
    await expect(planRun(dying, request())).rejects.toThrow('killed');
    for (let at = 0; at < 150; at++) await put(world.objects, `data/2 ${at}`, row('dave'));
    const { batches } = await planRun(world, request());
    const found: string[] = [];
    for (const batch of batches) {
      let dealt = 0;
      for await (const { key } of world.runs.objects('run-1', batch)) dealt = found.push(key);
      expect(dealt).toBeGreaterThan(0);
    }
    expect(new Set(found).size).toBe(found.length);
    expect(found.length).toBeGreaterThanOrEqual(MANY + 30);
  });
});

describe('a new listing of a run', () => {
  /** Planned, looked at, and then written to. */
  async function grown(): Promise<World> {
    const world = await filled();
    const { batches } = await planRun(world, request());
    for (const batch of batches) {
      const records: RunObject[] = [];
      for await (const record of world.runs.objects('run-1', batch)) records.push(record);
      await world.runs.putObjects(
        'run-1',
        records.map((record) => ({
          ...{ ...record, state: 'clean' as const },
          versions: record.versions.map((version) => ({ ...version, status: 'read' as const })),
        })),
      );
    }
    await put(world.objects, 'data/77', row('alice'));
    for (let at = 0; at < 1_150; at++) await put(world.objects, `data/new/${at}`, row('alice'));
    return world;
  }

  it('finds the same in one call and in many', async () => {
    const whole = await grown();
    const { batches } = await extendRun(whole, 'run-1');
    expect(batches).toHaveLength(1 + 12);
    const inTurns = await grown();
    let found: readonly number[] | undefined;
    let turns = 0;
    while (found === undefined) {
      found = (await extendWithin(inTurns, 'run-1', 0))?.batches;
      turns += 1;
    }
    expect(turns).toBe(6);
    expect(found).toEqual(batches);
    expect(await planOf(inTurns)).toEqual(await planOf(whole));
    expect(await inTurns.runs.load('run-1')).toMatchObject({ round: 1, batches: 36 });
  });

  it('counts every batch that it deals, whichever write it dies at', async () => {
    for (const effect of ['before', 'after'] as const) {
      for (let at = 0; ; at++) {
        const world = await grown();
        const { deps, died } = dyingWorld(world, at, effect);
        await extendRun(deps, 'run-1').catch(() => undefined);
        const { batches } = died() ? await extendRun(world, 'run-1') : { batches: [] };
        if (!died()) break;
        const run = await world.runs.load('run-1');
        for await (const { key } of world.objects.listVersions('data/new/')) {
          const record = await world.runs.object('run-1', key);
          expect(record?.batch, `killed ${effect} write ${at}`).toBeLessThan(run!.batches);
          expect(batches).toContain(record!.batch);
        }
      }
    }
  });

  it('begins anew for who begins the run anew, since work comes in between', async () => {
    const world = await grown();
    expect(await extendWithin(world, 'run-1', 0)).toBeUndefined();
    expect((await world.runs.load('run-1'))?.listing).toMatchObject({ place: 0 });
    await planRun(world, request());
    expect((await world.runs.load('run-1'))?.listing).toBeUndefined();
  });
});
