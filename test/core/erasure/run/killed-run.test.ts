import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { driveRun } from '../../../../lib/core/erasure/run/drive-run.ts';
import { undoRun } from '../../../../lib/core/erasure/run/undo-run.ts';
import { verifyCertificate } from '../../../../lib/core/erasure/certificate/verify-certificate.ts';
import { dyingWorld } from './dying-world.ts';
import {
  everything,
  openWorld,
  publicKeyPem,
  put,
  request,
  row,
  textOf,
  twoOrders,
  type World,
} from './run-world.ts';

const ASKED = request({ undoWindow: 9_000 });

async function filled(): Promise<World> {
  const world = openWorld();
  await put(world.objects, 'data/a', row('alice') + row('carol'));
  await put(world.objects, 'data/a', row('carol') + row('bob') + row('alice'));
  await put(world.objects, 'data/b', row('bob'));
  await put(world.objects, 'data/b', row('dave'));
  await put(world.objects, 'data/c', row('dave'));
  return world;
}

/** What must be the same however a run came to its end. */
async function endOf(world: World): Promise<unknown> {
  const run = await world.runs.load('run-1');
  const lines = (await textOf(world.certificates, run!.certificate!.key))!.split('\n');
  return {
    archive: await everything(world.objects),
    state: run?.state,
    byOrder: run?.totals?.byOrder,
    certificate: (await verifyCertificate(lines, publicKeyPem)).kind,
  };
}

describe('a run that is killed', () => {
  it('ends as an undisturbed one would, whichever write it dies at', async () => {
    const undisturbed = await filled();
    await driveRun(undisturbed, twoOrders(), ASKED);
    const expected = await endOf(undisturbed);
    expect(expected).toMatchObject({
      archive: [`data/a: ${row('carol')}`, `data/b: ${row('dave')}`, `data/c: ${row('dave')}`],
      ...{ state: 'done', certificate: 'genuine', byOrder: { alice: 1, bob: 2 } },
    });
    for (const effect of ['before', 'after'] as const) {
      for (let at = 0; ; at++) {
        const world = await filled();
        const { deps, died } = dyingWorld(world, at, effect);
        await driveRun(deps, twoOrders(), ASKED).catch(() => undefined);
        if (!died()) {
          expect(at).toBeGreaterThan(20);
          break;
        }
        await driveRun(world, twoOrders(), ASKED);
        expect(await endOf(world), `killed ${effect} write ${at}`).toEqual(expected);
        const undone = await undoRun(world, 'run-1');
        expect(undone.outcome, `undone after a kill ${effect} write ${at}`).toBe('restored');
        expect(await textOf(world.objects, 'data/a')).toBe(
          row('carol') + row('bob') + row('alice'),
        );
      }
    }
  });

  it('leaves no row behind, whatever writers and kills come in between', async () => {
    const event = fc.oneof(
      fc.record({
        kind: fc.constant('write' as const),
        key: fc.constantFrom('data/a', 'data/b', 'data/new'),
        ids: fc.array(fc.constantFrom('alice', 'bob', 'carol', 'dave'), { maxLength: 4 }),
      }),
      fc.record({ kind: fc.constant('delete' as const), key: fc.constantFrom('data/a', 'data/b') }),
      fc.record({
        kind: fc.constant('kill' as const),
        at: fc.nat(40),
        effect: fc.constantFrom('before' as const, 'after' as const),
      }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 6 }), async (events) => {
        const world = await filled();
        const asked = request({ drain: 1_000, undoWindow: 9_000 });
        for (const one of events) {
          if (one.kind === 'write') {
            await put(world.objects, one.key, one.ids.map((id) => row(id)).join(''));
          } else if (one.kind === 'delete') await world.objects.delete(one.key);
          else {
            const { deps } = dyingWorld(world, one.at, one.effect);
            await driveRun(deps, twoOrders(), asked).catch(() => undefined);
          }
        }
        await driveRun(world, twoOrders(), asked);
        world.now = 10_000;
        const outcome = await driveRun(world, twoOrders(), asked);
        expect(outcome).toMatchObject({ kind: 'ended', run: { state: 'done' } });
        const left = (await everything(world.objects)).join('');
        expect(left).not.toMatch(/"alice"|"bob"/);
        const written = events.flatMap((one) => (one.kind === 'write' ? [one] : []));
        for (const key of new Set(written.map((one) => one.key))) {
          const last = events.findLast((one) => one.kind !== 'kill' && one.key === key);
          if (last?.kind !== 'write') continue;
          const kept = last.ids.filter((id) => id === 'carol' || id === 'dave');
          expect(await textOf(world.objects, key)).toBe(kept.map((id) => row(id)).join(''));
        }
      }),
      { numRuns: 60 },
    );
  });
});
