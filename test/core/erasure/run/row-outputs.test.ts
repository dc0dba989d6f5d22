import { describe, expect, it } from 'vitest';

import { driveRun } from '../../../../lib/core/erasure/run/drive-run.ts';
import { exportRun } from '../../../../lib/core/erasure/run/export-run.ts';
import type { RowOutput } from '../../../../lib/core/erasure/run/row-output.ts';
import { storedSource } from '../../../../lib/core/erasure/stored-source.ts';
import { memoryObjectStore, type MemoryObjectStore } from '../../../fakes/memory-object-store.ts';
import { dyingWorld } from './dying-world.ts';
import { everything, openWorld, put, request, row, textOf, twoOrders } from './run-world.ts';

function outputTo(objects: MemoryObjectStore): RowOutput {
  return {
    put: async (name, body, attributes) => {
      await objects.put(name, body, attributes);
    },
    open: async (name) => storedSource(objects, (await objects.get(name))!),
  };
}

async function openOutputs() {
  const world = openWorld();
  const [kept, removed] = [memoryObjectStore(world.clock), memoryObjectStore(world.clock)];
  const deps = { ...world, kept: outputTo(kept), removed: outputTo(removed) };
  await put(world.objects, 'data/a', row('alice'));
  await put(world.objects, 'data/a', row('carol') + row('bob'));
  await put(world.objects, 'data/deep/b', row('carol'));
  return { world, kept, removed, deps };
}

const places = [{ prefix: 'data/', format: 'jsonl' as const }];

describe('a run that writes elsewhere', () => {
  it('leaves the archive as it is, and writes current objects apart by whether rows match', async () => {
    const { world, kept, removed, deps } = await openOutputs();
    const before = await everything(world.objects);
    const run = await exportRun(deps, twoOrders(), request({ places }));
    expect(run).toMatchObject({ state: 'done', totals: { objects: 2, rows: 3, matched: 1 } });
    expect(run.certificate).toBeUndefined();
    expect(await everything(world.objects)).toEqual(before);
    expect(await everything(kept)).toEqual([`a: ${row('carol')}`, `deep/b: ${row('carol')}`]);
    expect(await everything(removed)).toEqual([`a: ${row('bob')}`]);
  });

  it('writes nothing when more matches than may, and nothing of what cannot be read', async () => {
    const stopped = await openOutputs();
    const asked = request({ places, maximumProportion: 0.1 });
    expect((await exportRun(stopped.deps, twoOrders(), asked)).state).toBe('stopped');
    expect(await everything(stopped.kept)).toEqual([]);
    const corrupt = await openOutputs();
    await corrupt.world.objects.put('data/c', Buffer.from([0x1f, 0x8b, 8, 0, 1, 1, 1]));
    expect(await exportRun(corrupt.deps, twoOrders(), request({ places }))).toMatchObject({
      ...{ state: 'incomplete', totals: { corrupt: 1 } },
    });
    expect(await textOf(corrupt.kept, 'c')).toBeUndefined();
  });

  it('ends as an undisturbed one would, whichever write it dies at', async () => {
    for (let at = 0; ; at++) {
      const { world, kept, removed, deps } = await openOutputs();
      const { deps: dying, died } = dyingWorld(deps, at, 'after');
      await exportRun(dying, twoOrders(), request({ places })).catch(() => undefined);
      const run = await exportRun(deps, twoOrders(), request({ places }));
      expect(run.state, `died after write ${at}`).toBe('done');
      expect(await textOf(kept, 'a')).toBe(row('carol'));
      expect(await textOf(removed, 'a')).toBe(row('bob'));
      expect((await everything(world.objects)).length).toBe(3);
      if (!died()) break;
    }
  });
});

describe('a run in place that keeps what it removes', () => {
  it('puts rows of current versions there, those of a writer in between beside them', async () => {
    const { world, removed, deps } = await openOutputs();
    let raced = false;
    const objects = {
      ...world.objects,
      put: async (...[key, body, options]: Parameters<typeof world.objects.put>) => {
        if (!raced) await put(world.objects, 'data/a', row('alice', 9));
        raced = true;
        return world.objects.put(key, body, options);
      },
    };
    const forgotten: string[] = [];
    const forgetFilter = (key: string) => Promise.resolve(void forgotten.push(key));
    await driveRun({ ...deps, objects, forgetFilter }, twoOrders(), request({ places }));
    expect(await everything(removed)).toEqual([`a: ${row('bob')}`, `a.1: ${row('alice', 9)}`]);
    expect(await textOf(world.objects, 'data/a')).toBe('');
    expect(new Set(forgotten)).toEqual(new Set(['data/a']));
  });
});
