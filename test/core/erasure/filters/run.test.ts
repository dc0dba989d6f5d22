import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { ArchiveIndexer } from '../../../../lib/core/erasure/filters/archive-indexer.ts';
import { storedFilters } from '../../../../lib/core/erasure/filters/stored-filters.ts';
import { driveRun } from '../../../../lib/core/erasure/run/drive-run.ts';
import { storedSource } from '../../../../lib/core/erasure/stored-source.ts';
import { memoryFilterStore } from '../../../fakes/memory-filter-store.ts';
import { criteriaOf, openWorld, put, request, row, textOf } from '../run/run-world.ts';
import { KEY } from './filtering.ts';

const OBJECTS = 6;
const NOTE = 'n'.repeat(90);
const others = (at: number) =>
  Array.from({ length: 300 }, (_, n) => `{"id":"${at}-${n}","note":"${NOTE}"}\n`).join('');

/** An archive of which each object has a filter, and a run that notes what it reads. */
async function setUp() {
  const world = openWorld();
  for (let at = 0; at < OBJECTS; at++) {
    await put(world.objects, `data/${at}`, others(at) + (at === 2 ? row('alice') : ''));
  }
  const store = memoryFilterStore();
  const indexer = new ArchiveIndexer(store, KEY, [{ segments: ['id'], rule: 'exact' }]);
  for await (const version of world.objects.listVersions('')) {
    const made = await indexer.index(version, () => storedSource(world.objects, version), 'jsonl');
    expect(made.kind).toBe('written');
  }
  const read = new Set<string>();
  const objects = {
    ...world.objects,
    get: (...asked: Parameters<typeof world.objects.get>) => {
      read.add(asked[0]);
      return world.objects.get(...asked);
    },
  };
  const deps = { ...world, objects, filters: storedFilters(store, KEY), clock: world.clock };
  return { world, deps, read };
}

describe('a run with membership filters', () => {
  const criteria = () => criteriaOf({ alice: [{ id: 'alice' }] });
  const places = [{ prefix: 'data/', format: 'jsonl' as const }];

  it('reads no object that its filter rules out, and ends as it would without', async () => {
    const { world, deps, read } = await setUp();
    const outcome = await driveRun(deps, criteria(), { ...request(), places });
    expect(outcome).toMatchObject({ kind: 'ended', run: { state: 'done' } });
    expect([...read]).toEqual(['data/2']);
    expect(await textOf(world.objects, 'data/2')).toBe(others(2));
    expect(outcome.kind === 'ended' && outcome.run.totals).toMatchObject({
      ...{ objects: OBJECTS, rows: OBJECTS * 300 + 1, matched: 1 },
    });
  });

  it('reads what was written since its filter', async () => {
    const { world, deps, read } = await setUp();
    await put(world.objects, 'data/4', Buffer.from(others(4) + row('alice')).toString());
    const outcome = await driveRun(deps, criteria(), { ...request(), places });
    expect(outcome).toMatchObject({ kind: 'ended', run: { state: 'done' } });
    expect([...read].sort()).toEqual(['data/2', 'data/4']);
    expect(await textOf(world.objects, 'data/4')).toBe(others(4));
  });
});
