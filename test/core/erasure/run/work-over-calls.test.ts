import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';

import type { ObjectStore } from '../../../../lib/core/ports/object-store.ts';
import { put } from './run-world.ts';
import {
  fill,
  HOUR,
  keyOf,
  MINUTE,
  OBJECTS,
  row,
  Scene,
  SSN,
  SUBJECT,
  WORKED,
} from './slow-archive.ts';

describe('a look that takes longer than a call may', () => {
  let scene: Scene;
  beforeEach(async () => {
    scene = new Scene();
    await fill(scene, () => false);
    // Nothing here is of the last hour.
    scene.world.now += 2 * HOUR;
    scene.pace = WORKED / 100;
  });

  it('goes on at the next call, and reads no more than one call would', async () => {
    const { reply, calls } = await scene.asked(() => scene.look());
    expect(reply).toEqual({ kind: 'absent' });
    expect(calls).toBeGreaterThan(1);
    const read = new Map(scene.read);
    scene.read.clear();
    scene.pace = 0;
    scene.world.now += 2 * HOUR;
    expect((await scene.asked(() => scene.look())).calls).toBe(1);
    expect(read).toEqual(scene.read);
  });

  it('goes on among the versions of one key', async () => {
    for (let version = 0; version < 350; version++) {
      await put(scene.world.objects, keyOf(40), row(version % 100 === 7 ? SSN : '900000003'));
    }
    scene.world.now += 2 * HOUR;
    const { reply, calls } = await scene.asked(() => scene.look());
    expect(reply).toEqual({ kind: 'present', erasable: 4 });
    expect(calls).toBeGreaterThan(3);
    // One version is read again by each call at most: the one that it was stopped in.
    expect(scene.read.get(keyOf(40))! / 2).toBeLessThan(350 + 1 + calls);
  });

  it('says what the first call has found', async () => {
    await put(scene.world.objects, keyOf(0), row(SSN) + row(SSN));
    await put(scene.world.objects, keyOf(OBJECTS - 1), row(SSN));
    const { reply, calls } = await scene.asked(() => scene.look());
    expect(reply).toEqual({ kind: 'present', erasable: 3 });
    expect(calls).toBeGreaterThan(1);
  });

  it('finds what has landed meanwhile where it had already been', async () => {
    let landed = false;
    const { reply } = await scene.asked(
      () => scene.look(),
      async () => {
        if (!landed) await put(scene.world.objects, `${keyOf(0)}-late`, row(SSN));
        landed = true;
      },
    );
    expect(reply).toEqual({ kind: 'present', erasable: 1 });
  });

  it('holds its answer for an hour after its end, not after its beginning', async () => {
    await scene.asked(() => scene.look());
    scene.read.clear();
    scene.world.now += HOUR - 1;
    expect(await scene.look()).toEqual({ kind: 'absent' });
    expect(scene.read.size).toBe(0);
    scene.world.now += 1;
    await scene.look();
    expect(scene.read.size).toBeGreaterThan(0);
  });

  it('goes on where something could not be read, once somebody has seen to it', async () => {
    await put(scene.world.objects, keyOf(90), '{"ssn_no":"8078');
    expect(await scene.asked(() => scene.look())).toMatchObject({
      reply: { kind: 'failed', code: 'rows-unparsable' },
    });
    const before = scene.read.get(keyOf(0));
    await put(scene.world.objects, keyOf(90), row('900000003'));
    // The torn version is there, below the current one, until somebody takes it away.
    for await (const { key, versionId, isLatest } of scene.world.objects.listVersions(keyOf(90))) {
      if (!isLatest) await scene.world.objects.deleteVersion(key, versionId);
    }
    expect((await scene.asked(() => scene.look())).reply).toEqual({ kind: 'absent' });
    expect(scene.read.get(keyOf(0))).toBe(before);
  });

  it('begins anew after an erasure that ended while it went on', async () => {
    await put(scene.world.objects, keyOf(0), row(SSN));
    expect(await scene.look()).toMatchObject({ code: 'look-up-goes-on' });
    for await (const { key, versionId } of scene.world.objects.listVersions(keyOf(0))) {
      await scene.world.objects.deleteVersion(key, versionId);
    }
    const endedAt = scene.world.now;
    await scene.notes.saveVerified(SUBJECT, { runId: 'run-1', since: 0, endedAt });
    scene.world.now += 1;
    expect((await scene.asked(() => scene.look())).reply).toEqual({ kind: 'absent' });
  });
});

describe('a gathering that takes longer than a call may', () => {
  let scene: Scene;
  let rows: string;
  beforeEach(async () => {
    scene = new Scene();
    rows = await fill(scene, (n) => n % 7 === 0);
    scene.pace = WORKED / 100;
  });

  it('goes on at the next call, and hands over all rows in one piece', async () => {
    const { reply, calls } = await scene.asked(() => scene.gather());
    expect(calls).toBeGreaterThan(1);
    expect(reply).toMatchObject({ kind: 'done', affected: Math.ceil(OBJECTS / 7) });
    expect(await scene.rowsAt(reply)).toBe(rows);
    const read = new Map(scene.read);
    scene.read.clear();
    scene.pace = 0;
    scene.world.now += 21 * HOUR;
    expect((await scene.asked(() => scene.gather())).calls).toBe(1);
    expect(read).toEqual(scene.read);
  });

  it('begins anew when what it had put aside is gone', async () => {
    expect(await scene.gather()).toMatchObject({ kind: 'accepted' });
    for await (const { key, versionId } of scene.handed.listVersions('')) {
      await scene.handed.deleteVersion(key, versionId);
    }
    expect((await scene.asked(() => scene.gather())).reply).toEqual({
      ...{ kind: 'failed', code: 'rows-expired', retryable: true },
    });
    const { reply } = await scene.asked(() => scene.gather());
    expect(await scene.rowsAt(reply)).toBe(rows);
  });

  it('hands over rows that last as long as the answer, be they all of the first call', async () => {
    const other = new Scene();
    await fill(other, (n) => n === 0);
    other.pace = WORKED / 100;
    const { reply, calls } = await other.asked(() => other.gather());
    expect(calls).toBeGreaterThan(1);
    if (reply.kind !== 'done' || reply.data?.kind !== 'reference') throw new Error(reply.kind);
    const stored = await other.handed.get(reply.data.location.replace('s3://handover/', ''));
    expect(other.world.now - stored!.lastModified).toBeLessThan(MINUTE);
    expect(await other.rowsAt(reply)).toBe(row(SSN, '0'));
  });

  it('takes days, and loses none of what it has put aside, which expires after one', async () => {
    // A call comes to one or two objects.
    scene.pace = WORKED / 3;
    const begun = scene.world.now;
    const { reply } = await scene.asked(
      () => scene.gather(),
      async () => {
        scene.world.now += HOUR / 2;
        await expireBefore(scene.handed, scene.world.now - 24 * HOUR);
      },
    );
    expect(scene.world.now - begun).toBeGreaterThan(40 * HOUR);
    expect(reply).toMatchObject({ kind: 'done', affected: Math.ceil(OBJECTS / 7) });
    expect(await scene.rowsAt(reply)).toBe(rows);
  });

  it('goes on after days, if nothing was found that could have expired', async () => {
    const other = new Scene();
    await fill(other, (n) => n === OBJECTS - 1);
    other.pace = WORKED / 100;
    expect(await other.gather()).toMatchObject({ kind: 'accepted' });
    other.world.now += 48 * HOUR;
    const { reply } = await other.asked(() => other.gather());
    expect(await other.rowsAt(reply)).toBe(row(SSN, String(OBJECTS - 1)));
    expect(other.read.get(keyOf(0))).toBe(other.read.get(keyOf(OBJECTS - 2)));
  });

  it('does not go on with rows that are about to expire', async () => {
    expect(await scene.gather()).toMatchObject({ kind: 'accepted' });
    scene.world.now += 20 * HOUR;
    scene.read.clear();
    const { reply } = await scene.asked(() => scene.gather());
    expect(await scene.rowsAt(reply)).toBe(rows);
    expect(scene.read.size).toBe(OBJECTS);
  });
});

/** As the bucket's lifecycle does. */
async function expireBefore(objects: ObjectStore, time: number): Promise<void> {
  for await (const { key, versionId, lastModified } of objects.listVersions('')) {
    if (lastModified < time) await objects.deleteVersion(key, versionId);
  }
}

/** Of what a call works, a read takes one part of `share`; the first call dies after some steps. */
const scenario = fc.record({
  subjects: fc.uniqueArray(fc.nat(OBJECTS - 1), { maxLength: 12 }),
  share: fc.integer({ min: 10, max: 500 }),
  steps: fc.integer({ min: 0, max: 400 }),
});

describe('work over several calls', () => {
  it('comes to what one call would have come to, however long objects take and wherever it dies', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async ({ subjects, share, steps }) => {
        const scene = new Scene();
        const rows = await fill(scene, (n) => subjects.includes(n));
        scene.world.now += 2 * HOUR;
        scene.pace = WORKED / share;
        scene.steps = steps;
        const gathered = (await scene.asked(() => scene.gather())).reply;
        if (subjects.length === 0) expect(gathered).toEqual({ kind: 'no-data' });
        else {
          expect(gathered).toMatchObject({ kind: 'done', affected: subjects.length });
          expect(await scene.rowsAt(gathered)).toBe(rows);
        }
        scene.steps = steps;
        const { reply } = await scene.asked(() => scene.look());
        expect(reply).toEqual(
          subjects.length === 0
            ? { kind: 'absent' }
            : { kind: 'present', erasable: subjects.length },
        );
      }),
      { numRuns: 30 },
    );
  }, 120_000);
});
