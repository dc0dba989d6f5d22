import { beforeEach, describe, expect, it } from 'vitest';
import {
  mergeEvents,
  type MergeEventsContext,
} from '../../../lambdas/merge-events/merge-events.ts';
import type { TaskOrder } from '../../../lib/core/requests/model/outbox-message.ts';
import { EngineFixture, ID } from '../../core/requests/engine-fixture.ts';
import { recordingLog, recordingMeter } from '../../fakes/recording-log.ts';
import { graveyard, kinesisEvent, openSigned, sequenceNumber, signed } from '../stream-events.ts';

describe('the completion', () => {
  let engine: EngineFixture;
  let order: TaskOrder;
  const graves = graveyard();
  const meter = recordingMeter();
  const contextOf = (change: Partial<MergeEventsContext> = {}): MergeEventsContext => ({
    deps: engine.deps,
    open: openSigned,
    bury: graves.bury,
    log: recordingLog(),
    meter,
    ...change,
  });
  const statusOf = (taskId: string, outcome: object, dsrId = ID) => ({
    kind: 'task-event',
    eventId: `${dsrId}/${taskId}`,
    dsrId,
    taskId,
    attempt: 1,
    at: engine.now,
    source: 'executor',
    outcome,
  });

  beforeEach(async () => {
    engine = new EngineFixture();
    graves.graves.length = 0;
    await engine.submit({ type: 'access' });
    await engine.drive();
    order = JSON.parse(engine.tasks.records[0]!) as TaskOrder;
  });

  it('merges the events of a request in one write', async () => {
    const { version } = engine.get();
    const { taskId } = order.steps[0]!;
    const event = kinesisEvent([
      signed(statusOf(taskId, { kind: 'started' })),
      signed(statusOf(taskId, { kind: 'succeeded', affected: 2 })),
    ]);
    expect(await mergeEvents(event, contextOf())).toEqual({ batchItemFailures: [] });
    expect(engine.task(taskId).state).toBe('SUCCEEDED');
    expect(engine.get().version).toBe(version + 1);
  });

  it('takes a service’s change event that names the request as its reason', async () => {
    const { taskId } = order.steps[0]!;
    const change = {
      eventId: 'e-1',
      store: taskId,
      at: engine.now,
      reason: `dsr:${ID}/${taskId}#1`,
      remaining: 0,
      affected: 3,
    };
    await mergeEvents(kinesisEvent([signed(change, `store:${taskId}`)]), contextOf());
    expect(engine.task(taskId).state).toBe('SUCCEEDED');
  });

  it('passes over ordinary change events, signed or not', async () => {
    const ordinary = [{ reason: 'customer-moved' }, { anything: 1 }, { reason: 7 }];
    const event = kinesisEvent([...ordinary.map((one) => JSON.stringify(one)), signed({ a: 1 })]);
    expect(await mergeEvents(event, contextOf())).toEqual({ batchItemFailures: [] });
    expect(graves.graves).toEqual([]);
  });

  it('buries what is malformed, unsigned or unknown with the reason, and merges the rest', async () => {
    const { taskId } = order.steps[0]!;
    const done = statusOf(taskId, { kind: 'succeeded', affected: 1 });
    const event = kinesisEvent([
      '{',
      JSON.stringify(done),
      signed({ ...done, attempt: 'first' }),
      signed({ reason: 'dsr:x' }),
      signed({ ...done, attempt: 2 }, 'store:orders'),
      signed(statusOf('no-such-task', { kind: 'started' })),
      signed(statusOf(taskId, { kind: 'started' }, 'no-such-request')),
      signed(done),
    ]);
    expect(await mergeEvents(event, contextOf())).toEqual({ batchItemFailures: [] });
    expect(graves.graves.map(({ reason }) => reason)).toEqual([
      'malformed',
      'unsigned',
      'malformed',
      'wrongly-signed',
      'wrongly-signed',
      'unknown',
      'unknown',
    ]);
    expect(engine.task(taskId).state).toBe('SUCCEEDED');
  });

  it('leaves other requests merged when one cannot be read', async () => {
    const { taskId } = order.steps[0]!;
    const real = engine.deps.requests;
    const requests = Object.assign(Object.create(real) as typeof real, {
      load: (dsrId: string) =>
        dsrId === 'broken' ? Promise.reject(new Error('down')) : real.load(dsrId),
      save: (write: Parameters<typeof real.save>[0]) => real.save(write),
    });
    const event = kinesisEvent([
      signed(statusOf(taskId, { kind: 'succeeded', affected: 1 })),
      signed(statusOf(taskId, { kind: 'started' }, 'broken')),
    ]);
    const answer = await mergeEvents(event, contextOf({ deps: { ...engine.deps, requests } }));
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: sequenceNumber(1) }] });
    expect(engine.task(taskId).state).toBe('SUCCEEDED');
  });

  it('comes to the same state from duplicates in any order', async () => {
    const { taskId } = order.steps[0]!;
    const records = [
      signed(statusOf(taskId, { kind: 'succeeded', affected: 1 })),
      signed(statusOf(taskId, { kind: 'started' })),
    ];
    await mergeEvents(kinesisEvent([...records, ...records.reverse()]), contextOf());
    const { version } = engine.get();
    await mergeEvents(kinesisEvent(records), contextOf());
    expect(engine.get().version).toBe(version);
    expect(engine.task(taskId).state).toBe('SUCCEEDED');
  });
});
