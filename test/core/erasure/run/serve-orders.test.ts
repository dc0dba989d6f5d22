import { describe, expect, it } from 'vitest';

import { archiveServices } from '../../../../lib/core/erasure/run/archive-services.ts';
import { serveOrders } from '../../../../lib/core/erasure/run/serve-orders.ts';
import type { ErasureOrders } from '../../../../lib/core/ports/erasure-orders.ts';
import type { ServiceCall } from '../../../../lib/core/ports/services.ts';
import { dataMap } from '../../../../lib/data-map.ts';
import { memoryErasureOrders } from '../../../fakes/memory-run-store.ts';
import { dyingWorld } from './dying-world.ts';
import { everything, openWorld, put, type World } from './run-world.ts';

const store = 'customer-archive';
const archive = dataMap.stores[store];
if (archive?.kind !== 'archive') throw new Error('the default data map has no archive');
const places = [{ prefix: 'phi-data/', format: 'jsonl' as const }];
const settings = { places, maximumProportion: 1, drain: 0, undoWindow: 0 };

const row = (ssn: string): string => `{"ssn_no":"${ssn}"}\n`;

const call = (dsrId: string, value: string, attempt = 1): ServiceCall => ({
  operation: 'erase',
  ...{ store, dsrId, taskId: store, attempt, reason: `dsr:${dsrId}/${store}#1` },
  identities: [{ identifier: 'ssn_no', value }],
});

type Ordered = World & { orders: ErasureOrders };

const open = (): Ordered => ({ ...openWorld(), orders: memoryErasureOrders() });

const servicesOf = (world: Ordered) =>
  archiveServices({
    ...{ ...world, dataMap, store, archive, places },
    ...{ pollEvery: 10, onOrder: () => undefined },
  });

describe('orders of erasures', () => {
  it('are served by one run, hold no identifier in clear, and are forgotten afterwards', async () => {
    const world = open();
    await put(world.objects, 'phi-data/a', row('1') + row('2') + row('2') + row('3'));
    const services = servicesOf(world);
    for (const [dsrId, value] of [['d1', '1'] as const, ['d2', '2'] as const]) {
      expect((await services.call(call(dsrId, value))).kind).toBe('accepted');
    }
    expect(JSON.stringify(await world.orders.load(`d2/${store}`))).not.toContain('ssn_no');
    await serveOrders(world, { store, settings });
    expect(await services.call(call('d1', '1'))).toMatchObject({ kind: 'done', affected: 1 });
    expect(await services.call(call('d2', '2'))).toMatchObject({ kind: 'done', affected: 2 });
    const [one, two] = [
      await world.orders.load(`d1/${store}`),
      await world.orders.load(`d2/${store}`),
    ];
    expect(one?.runId).toBe(two?.runId);
    expect([one?.criteria, two?.criteria]).toEqual([undefined, undefined]);
    expect(await serveOrders(world, { store, settings })).toBeUndefined();
  });

  it('find the subject however rows write the number, and nobody who is written alike', async () => {
    const world = open();
    const others = row('907-83-1104') + '{"ssn_no":80783110,"name":"807831104"}\n';
    const theirs = ['"807-83-1104"', '807831104', '"807 83 1104 "', '"SSN: 807.83.1104"'];
    const lines = theirs.map((written) => `{"ssn_no":${written}}\n`).join('');
    await put(world.objects, 'phi-data/a', lines + others);
    const services = servicesOf(world);
    await services.call(call('d1', '807-83-1104'));
    await serveOrders(world, { store, settings });
    expect(await services.call(call('d1', '807-83-1104'))).toMatchObject({ affected: 4 });
    const left = await services.lookUp(store, [{ identifier: 'ssn_no', value: '807831104' }]);
    expect(left).toEqual({ kind: 'absent' });
    const bob = await services.lookUp(store, [{ identifier: 'ssn_no', value: '907831104' }]);
    expect(bob).toEqual({ kind: 'present', erasable: 1 });
  });

  it('end the same whichever write their worker dies at', async () => {
    for (const effect of ['before', 'after'] as const) {
      for (let at = 0; ; at++) {
        const world = open();
        await put(world.objects, 'phi-data/a', row('1') + row('3'));
        await servicesOf(world).call(call('d1', '1'));
        const { deps, died } = dyingWorld(world, at, effect);
        await serveOrders(deps, { store, settings }).catch(() => undefined);
        const hasDied = died();
        for (let more = 0; more < 3; more++) await serveOrders(world, { store, settings });
        const reply = await servicesOf(world).call(call('d1', '1'));
        expect(reply, `died ${effect} write ${at}`).toMatchObject({ kind: 'done', affected: 1 });
        expect(await everything(world.objects)).toEqual([`phi-data/a: ${row('3')}`]);
        expect((await world.orders.load(`d1/${store}`))?.criteria).toBeUndefined();
        if (!hasDied) break;
      }
    }
  });

  it('are told of values that only stand where nobody can read, until when, and not that there were none', async () => {
    const world = open();
    const lost = [{ prefix: 'phi-errors/', format: 'firehose-failures' as const, lifetime: 5_000 }];
    const record = { rawData: Buffer.from('{"ssn_no":"807831104"').toString('base64') };
    await put(world.objects, 'phi-errors/a', `${JSON.stringify(record)}\n`);
    const services = archiveServices({
      ...{ ...world, dataMap, store, archive, places: lost },
      ...{ pollEvery: 10, onOrder: () => undefined },
    });
    await services.call(call('d1', '807831104'));
    await services.call(call('d2', '123456789'));
    await serveOrders(world, { store, settings: { ...settings, places: lost } });
    expect(await services.call(call('d1', '807831104'))).toMatchObject({
      ...{ kind: 'done', affected: 0, backupsExpireAt: 6_000 },
    });
    expect((await services.call(call('d2', '123456789'))).kind).toBe('no-data');
    const lookUp = (value: string) => services.lookUp(store, [{ identifier: 'ssn_no', value }]);
    expect(await lookUp('807831104')).toEqual({ kind: 'present', erasable: 0 });
    expect(await lookUp('123456789')).toEqual({ kind: 'absent' });
  });

  it('are opened anew by a newer attempt when their run was not done, and fence older ones', async () => {
    const world = open();
    await put(world.objects, 'phi-data/a', '{"ssn_no":"1');
    const services = servicesOf(world);
    await services.call(call('d1', '1', 2));
    await serveOrders(world, { store, settings });
    expect(await services.call(call('d1', '1', 2))).toMatchObject({ kind: 'failed' });
    expect(await services.call(call('d1', '1', 1))).toEqual({ kind: 'fenced' });
    expect((await services.call(call('d1', '1', 3))).kind).toBe('accepted');
  });
});
