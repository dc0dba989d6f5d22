import { beforeEach, describe, expect, it } from 'vitest';

import {
  patientArchive,
  type PatientArchiveOptions,
} from '../../../../lib/core/erasure/run/patient-archive.ts';
import { serveOrders } from '../../../../lib/core/erasure/run/serve-orders.ts';
import type { ArchiveNotes } from '../../../../lib/core/ports/archive-notes.ts';
import type { ErasureOrders } from '../../../../lib/core/ports/erasure-orders.ts';
import type { ObjectStore } from '../../../../lib/core/ports/object-store.ts';
import type { ServiceCall } from '../../../../lib/core/ports/services.ts';
import { dataMap } from '../../../../lib/data-map.ts';
import { memoryArchiveNotes } from '../../../fakes/memory-archive-notes.ts';
import { memoryObjectStore } from '../../../fakes/memory-object-store.ts';
import { memoryErasureOrders } from '../../../fakes/memory-run-store.ts';
import { heldBack, openWorld, put, type World } from './run-world.ts';

const store = 'customer-archive';
const archive = dataMap.stores[store];
if (archive?.kind !== 'archive') throw new Error('the default data map has no archive');
const places = [{ prefix: 'phi-data/', format: 'jsonl' as const }];
const settings = { places, maximumProportion: 1, drain: 0, undoWindow: 0 };
const HOUR = 3_600_000;
const LONGEST = 900_000;

const row = (ssn: string): string => `{"ssn_no":"${ssn}"}\n`;
const who = (value: string) => [{ identifier: 'ssn_no', value }];
const erasure = (dsrId: string, value: string): ServiceCall => ({
  operation: 'erase',
  ...{ store, dsrId, taskId: store, attempt: 1, reason: `dsr:${dsrId}/${store}#1` },
  identities: who(value),
});

describe('the archive as a store of requests', () => {
  let world: World & { orders: ErasureOrders };
  let notes: ArchiveNotes;
  let read: string[];

  beforeEach(async () => {
    world = Object.assign(openWorld(), { orders: memoryErasureOrders() });
    world.now = 100 * HOUR;
    notes = memoryArchiveNotes();
    read = [];
    await put(world.objects, 'phi-data/a', row('1') + row('2'));
    await put(world.objects, 'phi-data/b', row('3'));
    world.now += 2 * HOUR;
  });

  const serving = (changes: Partial<PatientArchiveOptions> = {}) => {
    const objects: ObjectStore = {
      ...world.objects,
      get: (key, options) => {
        read.push(key);
        return world.objects.get(key, options);
      },
    };
    return patientArchive({
      ...{ ...world, objects, notes, dataMap, store, archive },
      ...{ places, pollEvery: 10, longestLook: LONGEST, onOrder: () => undefined },
      handover: { objects: memoryObjectStore(world.clock), locationOf: (key) => `s3://b/${key}` },
      ...changes,
    });
  };

  /** As the engine does: an order, its run, and the call that learns of its end. */
  async function erase(dsrId: string, value: string) {
    const call = erasure(dsrId, value);
    expect(await serving().call(call)).toMatchObject({ kind: 'accepted' });
    world.now += 1;
    await serveOrders(world, { store, settings });
    world.now += 1;
    const reply = await serving().call(call);
    read = [];
    return reply;
  }

  it('is looked through wholly when no run has spoken of the subject', async () => {
    expect(await serving().lookUp(store, who('1'))).toEqual({ kind: 'present', erasable: 1 });
    expect(new Set(read)).toEqual(new Set(['phi-data/a', 'phi-data/b']));
    expect(await serving().lookUp(store, who('9'))).toEqual({ kind: 'absent' });
  });

  it('is not read again where the subject’s own run has found nothing left, but for what is newer', async () => {
    expect(await erase('d1', '1')).toMatchObject({
      ...{ kind: 'done', affected: 1 },
      certificate: expect.stringMatching(/^certificates\/run-\w+\.ndjson#[\w-]{43}$/) as string,
    });
    world.now += 2 * HOUR;
    await put(world.objects, 'phi-data/c', row('4'));
    expect(await serving().lookUp(store, who('1'))).toEqual({ kind: 'absent' });
    expect(read).toContain('phi-data/c');
    expect(read).not.toContain('phi-data/b');
  });

  it('finds the subject in what came after the run', async () => {
    await erase('d1', '1');
    await put(world.objects, 'phi-data/late', row('1'));
    expect(await serving().lookUp(store, who('1'))).toEqual({ kind: 'present', erasable: 1 });
  });

  it('reads what an upload left that began before the run’s last listing and ended after it', async () => {
    const begun = world.now;
    await erase('d1', '1');
    const after = world.now;
    world.now = begun;
    await put(world.objects, 'phi-data/parts', row('1'));
    world.now = after;
    expect(await serving().lookUp(store, who('1'))).toEqual({ kind: 'present', erasable: 1 });
  });

  it('takes a run’s word for its own subject alone', async () => {
    await erase('d1', '1');
    expect(await serving().lookUp(store, who('2'))).toEqual({ kind: 'present', erasable: 1 });
  });

  it('is read wholly again a day after the run', async () => {
    await erase('d1', '1');
    world.now += 25 * HOUR;
    await serving().lookUp(store, who('1'));
    expect(read).toContain('phi-data/b');
  });

  it('takes no word of a run that left something unread', async () => {
    await put(world.objects, 'phi-data/torn', '{"ssn_no":"1');
    expect(await erase('d1', '1')).toMatchObject({ kind: 'failed', code: 'rows-unparsable' });
    world.now += 2 * HOUR;
    expect(await serving().lookUp(store, who('1'))).toMatchObject({ kind: 'failed' });
  });

  it('answers the next call from a look whose caller had gone, and says so while it goes on', async () => {
    const { objects, open } = heldBack(world.objects);
    const first = serving({ objects }).lookUp(store, who('9'));
    await Promise.resolve();
    await new Promise((resolve) => setImmediate(resolve));
    expect(await serving().lookUp(store, who('9'))).toEqual({
      kind: 'failed',
      code: 'look-up-goes-on',
    });
    open();
    await first;
    world.now += HOUR / 2;
    expect(await serving().lookUp(store, who('9'))).toEqual({ kind: 'absent' });
    expect(read).toEqual([]);
  });

  it('looks anew when the last look has died, or its answer is old', async () => {
    const dying: ObjectStore = {
      ...world.objects,
      listVersions: () => {
        throw new Error('out of memory');
      },
    };
    await serving({
      objects: dying,
      // The process is gone before it can say so.
      notes: {
        ...notes,
        saveLook: (subject, note) =>
          note.reply === undefined ? notes.saveLook(subject, note) : Promise.resolve(),
      },
    })
      .lookUp(store, who('1'))
      .catch(() => undefined);
    expect(await serving().lookUp(store, who('1'))).toMatchObject({ code: 'look-up-goes-on' });
    world.now += LONGEST;
    expect(await serving().lookUp(store, who('1'))).toEqual({ kind: 'present', erasable: 1 });
    read = [];
    world.now += HOUR;
    await serving().lookUp(store, who('1'));
    expect(read).not.toEqual([]);
  });

  it('forgets what a look found before the erasure had ended', async () => {
    expect(await serving().lookUp(store, who('1'))).toEqual({ kind: 'present', erasable: 1 });
    await erase('d1', '1');
    expect(await serving().lookUp(store, who('1'))).toEqual({ kind: 'absent' });
  });

  it('never takes a failure for an answer', async () => {
    const failing: ObjectStore = {
      ...world.objects,
      listVersions: () => {
        throw new Error('no way');
      },
    };
    await expect(serving({ objects: failing }).lookUp(store, who('9'))).rejects.toThrow('no way');
    expect(await serving().lookUp(store, who('9'))).toEqual({ kind: 'absent' });
  });

  it('keeps no identifier in its notes', async () => {
    const written: unknown[] = [];
    const listening: ArchiveNotes = {
      ...notes,
      saveLook: (...args) => {
        written.push(args);
        return notes.saveLook(...args);
      },
    };
    await serving({ notes: listening }).lookUp(store, who('807831104'));
    expect(written).toHaveLength(2);
    expect(JSON.stringify(written)).not.toContain('807831104');
  });
});
