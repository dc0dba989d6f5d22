import { beforeEach, describe, expect, it } from 'vitest';
import {
  executeTasks,
  type ExecuteTasksContext,
} from '../../../lambdas/execute-tasks/execute-tasks.ts';
import type { TaskOrder } from '../../../lib/core/requests/model/outbox-message.ts';
import { EngineFixture } from '../../core/requests/engine-fixture.ts';
import { recordingLog, recordingMeter } from '../../fakes/recording-log.ts';
import { graveyard, kinesisEvent, openSigned, sequenceNumber, signed } from '../stream-events.ts';

const LONG = () => 600_000;

describe('an area’s executor', () => {
  let engine: EngineFixture;
  let orders: TaskOrder[];
  const graves = graveyard();
  const contextOf = (change: Partial<ExecuteTasksContext> = {}): ExecuteTasksContext => ({
    deps: engine.deps,
    area: orders[0]!.area,
    open: openSigned,
    bury: graves.bury,
    log: recordingLog(),
    meter: recordingMeter(),
    ...change,
  });

  beforeEach(async () => {
    engine = new EngineFixture();
    graves.graves.length = 0;
    await engine.submit({ type: 'access' });
    await engine.drive();
    orders = engine.tasks.records.map((record) => JSON.parse(record) as TaskOrder);
  });

  it('carries out the orders of its area and reports each step', async () => {
    const own = orders.filter(({ area }) => area === orders[0]!.area);
    const answer = await executeTasks(
      kinesisEvent(own.map((order) => signed(order))),
      LONG,
      contextOf(),
    );
    expect(answer).toEqual({ batchItemFailures: [] });
    expect(engine.calls.map(({ store }) => store)).toEqual(
      own.flatMap(({ steps }) => steps.map(({ taskId }) => taskId)),
    );
    expect(engine.events.records.length).toBe(engine.calls.length * 2);
  });

  it('passes over the orders of other areas, whatever the stream’s filter lets through', async () => {
    const answer = await executeTasks(
      kinesisEvent(orders.map((order) => signed(order))),
      LONG,
      contextOf({ area: 'nowhere' }),
    );
    expect(answer).toEqual({ batchItemFailures: [] });
    expect(engine.calls).toEqual([]);
  });

  it('buries what is malformed or unsigned with the reason, and does the rest', async () => {
    const hostile = [
      '',
      '{',
      'null',
      '[]',
      signed({ ...orders[0], steps: [] }),
      JSON.stringify(orders[0]),
      signed(orders[0]!, 'store:orders'),
      Buffer.from([0xff, 0xfe, 0x00]),
    ];
    const event = kinesisEvent([...hostile, signed(orders[0]!)]);
    const answer = await executeTasks(event, LONG, contextOf());
    expect(answer).toEqual({ batchItemFailures: [] });
    expect(graves.graves.map(({ reason }) => reason)).toEqual([
      'malformed',
      'malformed',
      'malformed',
      'malformed',
      'malformed',
      'unsigned',
      'wrongly-signed',
      'malformed',
    ]);
    expect(engine.calls.length).toBe(orders[0]!.steps.length);
  });

  it('has a batch come again from the first record that could not be done, and goes on', async () => {
    const log = recordingLog();
    const failing = engine.deps.requests;
    const requests = {
      ...failing,
      load: (dsrId: string) =>
        dsrId === 'broken' ? Promise.reject(new TypeError('secret')) : failing.load(dsrId),
    };
    const context = contextOf({ deps: { ...engine.deps, requests }, log });
    const broken = { ...orders[0]!, dsrId: 'broken' };
    const event = kinesisEvent([signed(broken), signed(broken), signed(orders[0]!)]);
    const answer = await executeTasks(event, LONG, context);
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: sequenceNumber(0) }] });
    expect(engine.calls.length).toBe(orders[0]!.steps.length);
    expect(JSON.stringify(log.lines)).not.toContain('secret');
  });

  it('begins nothing that it might not end', async () => {
    const answer = await executeTasks(
      kinesisEvent([signed(orders[0]!)]),
      () => 59_999,
      contextOf(),
    );
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: sequenceNumber(0) }] });
    expect(engine.calls).toEqual([]);
  });

  it('drops nothing when the dead letters do not take it', async () => {
    const context = contextOf({ bury: () => Promise.reject(new Error('no bucket')) });
    const answer = await executeTasks(kinesisEvent(['{']), LONG, context);
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: sequenceNumber(0) }] });
  });

  it('does a delivery twice as once', async () => {
    const event = kinesisEvent([signed(orders[0]!)]);
    await executeTasks(event, LONG, contextOf());
    await engine.settle();
    const calls = engine.calls.length;
    await executeTasks(event, LONG, contextOf());
    expect(engine.calls.length).toBe(calls);
  });

  it.each([null, 7, {}, { Records: {} }, { Records: [{}] }, { Records: [{ kinesis: {} }] }])(
    'refuses an event that is not Kinesis’s: %j',
    async (event) => {
      await expect(executeTasks(event, LONG, contextOf())).rejects.toMatchObject({
        name: 'MalformedEventError',
      });
    },
  );
});
