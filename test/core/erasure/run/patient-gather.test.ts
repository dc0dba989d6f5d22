import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';

import {
  gatherPatiently,
  type PatientGatherOptions,
} from '../../../../lib/core/erasure/run/patient-gather.ts';
import { checkedLines, readRecords } from '../../../../lib/core/access-package/gathered-lines.ts';
import { subjectCriteria } from '../../../../lib/core/erasure/run/subject-criteria.ts';
import type { ArchiveNotes } from '../../../../lib/core/ports/archive-notes.ts';
import type { ObjectStore } from '../../../../lib/core/ports/object-store.ts';
import type { ServiceReply } from '../../../../lib/core/ports/services.ts';
import { dataMap } from '../../../../lib/data-map.ts';
import { memoryArchiveNotes } from '../../../fakes/memory-archive-notes.ts';
import { memoryObjectStore, type MemoryObjectStore } from '../../../fakes/memory-object-store.ts';
import { heldBack, openWorld, put, type World } from './run-world.ts';

const archive = dataMap.stores['customer-archive'];
if (archive?.kind !== 'archive') throw new Error('the default data map has no archive');
const places = [{ prefix: 'phi-data/', format: 'jsonl' as const }];
const HOUR = 3_600_000;
const LONGEST = 900_000;
const TASK = { dsrId: 'd1', taskId: 'customer-archive' };
const SSN = '807831104';

const row = (ssn: string, note = ''): string => `{"ssn_no":"${ssn}","note":"${note}"}`;
const lines = subjectCriteria(dataMap, archive, [{ identifier: 'ssn_no', value: SSN }]);

describe('gathering a subject’s rows from an archive', () => {
  let world: World;
  let notes: ArchiveNotes;
  let handed: MemoryObjectStore;

  beforeEach(async () => {
    world = openWorld();
    world.now = 100 * HOUR;
    notes = memoryArchiveNotes();
    handed = memoryObjectStore(world.clock);
    await put(world.objects, 'phi-data/a', `${row(SSN)}\n${row('900000002')}\n`);
    // Neither an end of the last line, nor rows of the subject.
    await put(world.objects, 'phi-data/b', row(SSN, 'last'));
    await put(world.objects, 'phi-data/c', `${row('900000003')}\n`);
  });

  const gather = (changes: Partial<PatientGatherOptions> = {}): Promise<ServiceReply> =>
    gatherPatiently(
      {
        ...{ ...world, places, notes, longestLook: LONGEST },
        handover: { objects: handed, locationOf: (key) => `s3://handover/${key}` },
        ...changes,
      },
      TASK,
      lines,
    );

  /** What lies where a reply leads. */
  async function rowsAt(reply: ServiceReply): Promise<string[]> {
    if (reply.kind !== 'done' || reply.data?.kind !== 'reference') throw new Error(reply.kind);
    const stored = await handed.get(reply.data.location.replace('s3://handover/', ''));
    const chunks: Uint8Array[] = [];
    for await (const chunk of stored!.body) chunks.push(chunk);
    return Buffer.concat(chunks)
      .toString()
      .split('\n')
      .filter((line) => line !== '');
  }

  async function everything(): Promise<string[]> {
    const keys: string[] = [];
    for await (const { key } of handed.listVersions('')) keys.push(key);
    return keys;
  }

  it('puts them aside, one a line, under a name that tells nothing', async () => {
    const reply = await gather();
    expect(reply).toMatchObject({ kind: 'done', affected: 2 });
    expect(await rowsAt(reply)).toEqual([row(SSN), row(SSN, 'last')]);
    expect(await everything()).toEqual([expect.stringMatching(/^rows\/[0-9a-f]{32}\.ndjson$/)]);
  });

  it('puts aside what an access package can read, a byte order mark and blank lines included', async () => {
    await put(world.objects, 'phi-data/a', `\ufeff${row(SSN, 'marked')}\r\n\n${row(SSN)}\n`);
    const reply = await gather();
    if (reply.kind !== 'done' || reply.data?.kind !== 'reference') throw new Error(reply.kind);
    const stored = await handed.get(reply.data.location.replace('s3://handover/', ''));
    const notes: unknown[] = [];
    for await (const record of readRecords(checkedLines(stored!.body))) notes.push(record['note']);
    expect(notes).toEqual(['marked', '', 'last']);
  });

  it('puts nothing aside for somebody of whom there is nothing', async () => {
    for (const key of ['phi-data/a', 'phi-data/b']) await put(world.objects, key, '');
    expect(await gather()).toEqual({ kind: 'no-data' });
    expect(await everything()).toEqual([]);
  });

  it('takes current objects alone, since what is overwritten is processed no more', async () => {
    await put(world.objects, 'phi-data/b', `${row('900000004')}\n`);
    expect(await rowsAt(await gather())).toEqual([row(SSN)]);
  });

  it('hands over more than any answer would hold', async () => {
    const note = randomBytes(3_000).toString('hex');
    const many = Array.from({ length: 500 }, () => row(SSN, note));
    await put(world.objects, 'phi-data/d', `${many.join('\n')}\n`);
    const reply = await gather();
    expect(reply).toMatchObject({ kind: 'done', affected: 502 });
    expect(JSON.stringify(reply).length).toBeLessThan(400);
    expect(await rowsAt(reply)).toEqual([row(SSN), row(SSN, 'last'), ...many]);
  });

  it('answers the same while the rows are there, and gathers anew afterwards', async () => {
    const first = await gather();
    await put(world.objects, 'phi-data/e', row(SSN, 'new'));
    world.now += HOUR;
    expect(await gather()).toEqual(first);
    world.now += 20 * HOUR;
    expect(await gather()).toMatchObject({ kind: 'done', affected: 3 });
  });

  it('says so while it goes on, and goes on when its caller has gone', async () => {
    const { objects, open } = heldBack(world.objects);
    const first = gather({ objects });
    await new Promise((resolve) => setImmediate(resolve));
    expect(await gather()).toEqual({ kind: 'accepted', checkAt: world.now + 60_000 });
    open();
    await first;
    world.now += 60_000;
    expect(await gather()).toEqual(await first);
    expect(await everything()).toHaveLength(1);
  });

  it('is begun anew when it has died', async () => {
    const dying: ArchiveNotes = {
      ...notes,
      saveGathering: (task, note) =>
        note.reply === undefined ? notes.saveGathering(task, note) : Promise.resolve(),
    };
    await gather({ notes: dying });
    world.now += LONGEST - 1;
    expect(await gather()).toMatchObject({ kind: 'accepted' });
    world.now += 1;
    expect(await gather()).toMatchObject({ kind: 'done', affected: 2 });
  });

  it('hands over all or nothing, and tries again what has failed', async () => {
    await put(world.objects, 'phi-data/torn', '{"ssn_no":"1');
    const failed = { kind: 'failed', code: 'rows-unparsable', retryable: false };
    expect(await gather()).toEqual(failed);
    expect(await everything()).toEqual([]);
    await put(world.objects, 'phi-data/torn', '');
    expect(await gather()).toMatchObject({ kind: 'done', affected: 2 });
  });

  it('passes a store’s failure on, and leaves no half object', async () => {
    const broken: ObjectStore = {
      ...world.objects,
      get: (key, options) => {
        if (key === 'phi-data/b') throw new Error('no way');
        return world.objects.get(key, options);
      },
    };
    await expect(gather({ objects: broken })).rejects.toThrow('no way');
    expect(await everything()).toEqual([]);
    const full = { ...handed, put: () => Promise.reject(new Error('no room')) };
    const handover = { objects: full, locationOf: (key: string) => key };
    await expect(gather({ handover })).rejects.toThrow('no room');
    expect(await gather()).toMatchObject({ kind: 'done', affected: 2 });
  });

  it('notes nothing of the person', async () => {
    const written: unknown[] = [];
    const listening: ArchiveNotes = {
      ...notes,
      saveGathering: (...args) => {
        written.push(args);
        return notes.saveGathering(...args);
      },
    };
    await gather({ notes: listening });
    expect(written).toHaveLength(2);
    expect(JSON.stringify(written)).not.toContain(SSN);
  });
});
