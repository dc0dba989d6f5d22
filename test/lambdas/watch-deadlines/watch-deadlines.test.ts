import { beforeEach, describe, expect, it } from 'vitest';
import {
  watchDeadlines,
  type WatchContext,
} from '../../../lambdas/watch-deadlines/watch-deadlines.ts';
import { DAY, EngineFixture, ID } from '../../core/requests/engine-fixture.ts';
import { recordingLog, recordingMeter } from '../../fakes/recording-log.ts';

const LONG = () => 240_000;

function idOf(number: number): string {
  return `11111111-2222-4333-8444-${String(number).padStart(12, '0')}`;
}

function ofPerson(number: number) {
  const identities = [{ identifier: 'email', value: `p${number}@example.com` }];
  return { type: 'access', dsrId: idOf(number), details: { identities } } as const;
}

describe('the deadline watcher', () => {
  let engine: EngineFixture;
  let meter: ReturnType<typeof recordingMeter>;
  const contextOf = (change: Partial<WatchContext> = {}): WatchContext => ({
    deps: engine.deps,
    expiries: [],
    clock: engine.deps.clock,
    log: recordingLog(),
    meter,
    ...change,
  });
  const work = (name: string, change: Partial<WatchContext> = {}, remaining = LONG) =>
    watchDeadlines({ work: name }, remaining, contextOf(change));

  beforeEach(() => {
    engine = new EngineFixture();
    meter = recordingMeter();
  });

  it('drives what nobody has driven, and sweeps the outbox, until nothing moves', async () => {
    for (let number = 0; number < 130; number++) {
      await engine.submit(ofPerson(number));
    }
    await work('drive');
    expect(meter.sums.RequestsFailed).toBe(0);
    for (let number = 0; number < 130; number++) {
      expect(engine.get(idOf(number)).outbox).toEqual([]);
      expect(engine.get(idOf(number)).tasks.length).toBeGreaterThan(0);
    }
  });

  it('ends when the store takes no write any more, although requests wait for their time', async () => {
    await engine.submit({ type: 'access', callbackUrls: ['https://example.com/'] });
    const deps = {
      ...engine.deps,
      callbacks: { post: () => Promise.resolve({ kind: 'failed', code: 'http-500' } as const) },
    };
    await work('drive', { deps });
    expect(engine.get().outbox).not.toEqual([]);
  });

  it('begins no round that it might not end', async () => {
    const { version } = await engine.submit({ type: 'access' });
    await work('drive', {}, () => 30_000);
    expect(engine.get().version).toBe(version);
  });

  it('is not kept from the others by requests that always fail', async () => {
    for (let number = 0; number < 110; number++) {
      await engine.submit(ofPerson(number));
    }
    engine.now += 1;
    await engine.submit({ type: 'access' });
    const real = engine.deps.requests;
    const requests = Object.assign(Object.create(real) as typeof real, {
      load: (dsrId: string) => (dsrId === ID ? real.load(dsrId) : Promise.reject(new Error('x'))),
      save: (write: Parameters<typeof real.save>[0]) => real.save(write),
      dueForWaking: (now: number, limit: number) => real.dueForWaking(now, limit),
      withOutbox: () => Promise.resolve([]),
    });
    await work('drive', { deps: { ...engine.deps, requests } });
    expect(meter.sums.RequestsFailed).toBe(110);
    expect(engine.get().tasks.length).toBeGreaterThan(0);
  });

  it('counts how open requests stand against their deadline', async () => {
    await engine.submit({ type: 'erasure' });
    await engine.drive();
    await work('survey');
    expect(meter.sums).toMatchObject({
      RequestsOpen: 1,
      RequestsPast50: 0,
      RequestsOverdue: 0,
      RequestsWaiting: 1,
      RequestsStuck: 0,
    });
    for (const [days, past50, past75, past90, overdue] of [
      [17, 1, 0, 0, 0],
      [24, 1, 1, 0, 0],
      [29, 1, 1, 1, 0],
      [40, 1, 1, 1, 1],
    ] as const) {
      meter = recordingMeter();
      const clock = { now: () => engine.now + days * DAY };
      await work('survey', { clock });
      expect(meter.sums).toMatchObject({
        OldestRequestAge: days * 86_400,
        RequestsPast50: past50,
        RequestsPast75: past75,
        RequestsPast90: past90,
        RequestsOverdue: overdue,
        // Nobody drove it although its warnings were due.
        RequestsStuck: 1,
      });
    }
  });

  it('tells how long the oldest message has waited to go out, once for all', async () => {
    await engine.submit({ type: 'erasure' });
    await work('survey', { clock: { now: () => engine.now + 2 * 60_000 } });
    expect(meter.sums.OldestMessageAge).toBe(120);
    await engine.settle();
    meter = recordingMeter();
    await work('survey', { clock: { now: () => engine.now + 2 * 60_000 } });
    expect(meter.sums.OldestMessageAge).toBe(0);
  });

  it('counts no request that has ended', async () => {
    await engine.submit({ type: 'access' });
    await engine.settle();
    await engine.pass(3 * 60_000);
    expect(engine.get().lifecycle).toBe('COMPLETED');
    await work('survey');
    expect(meter.sums).toMatchObject({ RequestsOpen: 0, OldestRequestAge: 0, RequestsStuck: 0 });
  });

  it('takes away what is past its time; what fails keeps nothing else, but fails the run', async () => {
    const expiries = [
      () => Promise.resolve(3),
      () => Promise.reject(new Error('down')),
      () => Promise.resolve(4),
    ];
    await expect(work('expire', { expiries })).rejects.toMatchObject({ name: 'ExpiryError' });
    expect(meter.sums.ObjectsExpired).toBe(7);
  });

  it.each([undefined, {}, { work: 'everything' }, 'drive'])(
    'refuses a schedule that asks for something else: %j',
    async (event) => {
      await expect(watchDeadlines(event, LONG, contextOf())).rejects.toMatchObject({
        name: 'WatchEventError',
      });
    },
  );
});
