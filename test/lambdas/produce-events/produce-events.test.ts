import { describe, expect, it } from 'vitest';
import {
  produceEvents,
  type ProduceEventsContext,
} from '../../../lambdas/produce-events/produce-events.ts';
import { type RecordStream, RecordStreamError } from '../../../lib/core/ports/record-stream.ts';
import { memoryRecordStream } from '../../fakes/memory-record-stream.ts';
import { recordingLog, recordingMeter } from '../../fakes/recording-log.ts';
import { virtualTime } from '../../fakes/virtual-time.ts';

/** Repeatable draws in [0, 1). */
function draws(seed = 1): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const LATENCY = 20;

function setUp(options: { shards?: number; minutes?: number } = {}) {
  const time = virtualTime();
  const memory = memoryRecordStream({ clock: time.clock, shards: options.shards ?? 1 });
  const endsAt = time.clock.now() + (options.minutes ?? 1) * 60_000;
  const stored = () => memory.shards.reduce((sum, { records }) => sum + records.length, 0);
  const puts: { at: number; records: number; bytes: number }[] = [];
  const stream: RecordStream = {
    openShards: () => memory.openShards(),
    put: async (records) => {
      const bytes = records.reduce((sum, { data }) => sum + data.byteLength, 0);
      puts.push({ at: time.clock.now(), records: records.length, bytes });
      const outcomes = await memory.put(records);
      await time.sleep(LATENCY);
      return outcomes;
    },
  };
  const log = recordingLog();
  const meter = recordingMeter();
  const run = async (event: unknown, changes: Partial<ProduceEventsContext> = {}) => {
    const context = { ...time, stream, random: draws(), log, meter, ...changes };
    const answer = await time.run(produceEvents(event, () => endsAt - time.clock.now(), context));
    const { message } = JSON.parse(answer.body) as {
      message: { status: boolean; record_count: number; reason?: string };
    };
    return { ...answer, ...message, endedAt: time.clock.now() };
  };
  return { time, memory, stream, stored, puts, log, meter, run, endsAt };
}

describe('produceEvents', () => {
  it('answers as published, to the space', async () => {
    const { run, stored } = setUp();
    const { statusCode, body } = await run({ seconds: 1, ratePerSecond: 100, seed: 1 });
    expect({ statusCode, body }).toEqual({
      statusCode: 200,
      body: `{"message": {"status": true, "record_count": ${stored()}}}`,
    });
  });

  it('counts exactly what the stream holds, throttled or not', async () => {
    for (const shards of [1, 3]) {
      const { run, stored, meter } = setUp({ shards });
      const answer = await run({ seconds: 5, seed: 1 });
      expect(answer.record_count).toBe(stored());
      expect(meter.sums.RecordsAccepted).toBe(stored());
      expect(meter.sums.RecordsUnaccepted).toBe(0);
    }
  });

  it('sends nearly as much as the shards take', async () => {
    for (const shards of [1, 4, 12]) {
      const { run, memory } = setUp({ shards });
      const { record_count: accepted } = await run({ seconds: 5, seed: 1 });
      expect(accepted / (shards * 5_000)).toBeGreaterThan(0.9);
      const counts = memory.shards.map(({ records }) => records.length);
      expect(Math.min(...counts) / Math.max(...counts)).toBeGreaterThan(0.8);
    }
  });

  it('sends an event once however often its neighbours are refused', async () => {
    const { run, memory, meter } = setUp({ shards: 3 });
    const random = draws(3);
    const moody: RecordStream = {
      openShards: () => memory.openShards(),
      put: async (records) => {
        if (random() < 0.1) throw new RecordStreamError('ServiceUnavailable', true);
        const taken = records.map(() => random() < 0.7);
        const outcomes = [...(await memory.put(records.filter((_, at) => taken[at])))];
        return taken.map((one) =>
          one ? outcomes.shift()! : { ok: false, code: 'InternalFailure' },
        );
      },
    };
    const answer = await run({ seconds: 5, ratePerSecond: 900, seed: 1 }, { stream: moody });
    const sent = memory.shards.flatMap(({ records }) =>
      records.map(({ data }) => Buffer.from(data).toString()),
    );
    expect(meter.sums.RecordsResent).toBeGreaterThan(0);
    expect(new Set(sent).size).toBe(sent.length);
    expect(answer.record_count).toBe(sent.length);
    // Each has ten attempts in two seconds after the end; nearly all get in.
    expect(meter.sums.RecordsUnaccepted).toBeLessThan(sent.length / 100);
  });

  it('keeps to the rate that was asked for, evenly', async () => {
    const { run, puts } = setUp({ shards: 4 });
    const { record_count: accepted } = await run({ seconds: 20, ratePerSecond: 50, seed: 1 });
    expect(accepted).toBeGreaterThanOrEqual(990);
    expect(accepted).toBeLessThanOrEqual(1_010);
    const first = puts[0]!.at;
    for (let second = 0; second < 20; second++) {
      const within = puts.filter(({ at }) => Math.floor((at - first) / 1000) === second);
      const records = within.reduce((sum, put) => sum + put.records, 0);
      expect(Math.abs(records - 50)).toBeLessThanOrEqual(10);
    }
  });

  it('never puts more than 500 records', async () => {
    const { run, puts } = setUp({ shards: 30 });
    await run({ seconds: 2, seed: 1 });
    expect(Math.max(...puts.map(({ records }) => records))).toBe(500);
  });

  it('runs until the time is nearly up when it is not told when to end', async () => {
    const { run, endsAt } = setUp({ minutes: 1 });
    const { record_count: accepted, endedAt } = await run({ ratePerSecond: 100, seed: 1 });
    expect(endedAt).toBeLessThan(endsAt);
    expect(endedAt).toBeGreaterThan(endsAt - 4_000);
    expect(accepted).toBeGreaterThan(5_500);
  });

  it('takes no event at all, and the template of the console, as the defaults', async () => {
    const template = { key1: 'value1', key2: 'value2', key3: 'value3' };
    for (const event of [undefined, null, {}, template]) {
      const { run } = setUp({ minutes: 0.1 });
      expect((await run(event)).status).toBe(true);
    }
  });

  it('follows a stream that grows', async () => {
    const { run, memory } = setUp({ shards: 1, minutes: 2 });
    let asked = 0;
    const grown: RecordStream = {
      put: (records) => memory.put(records),
      openShards: () => {
        asked += 1;
        if (asked === 2) memory.reshard(4);
        return memory.openShards();
      },
    };
    const { record_count: accepted } = await run({ seconds: 60, seed: 1 }, { stream: grown });
    expect(accepted / (30_000 + 4 * 30_000)).toBeGreaterThan(0.9);
  });

  it('names every fault of a request at once, sends nothing and logs no part of it', async () => {
    const { run, stored, log } = setUp();
    const answer = await run({ seconds: 0, ratePerSecond: 'Gnoll', consentRatio: 2, other: 1 });
    expect(answer).toMatchObject({ statusCode: 400, status: false, record_count: 0 });
    for (const word of ['seconds', 'ratePerSecond', 'consentRatio', 'other']) {
      expect(answer.reason).toContain(word);
    }
    expect(stored()).toBe(0);
    expect(JSON.stringify(log.lines)).not.toMatch(/Gnoll|other/);
  });

  it.each([
    ['ResourceNotFoundException', 404],
    ['AccessDeniedException', 403],
    ['ValidationException', 503],
  ])('stops at once and says why when the stream answers %s', async (code, statusCode) => {
    const { run, endsAt } = setUp();
    const error = new RecordStreamError(code, false);
    const broken = { put: () => Promise.reject(error), openShards: () => Promise.resolve(1) };
    const answer = await run({}, { stream: broken });
    expect(answer).toMatchObject({ statusCode, status: false, record_count: 0 });
    expect(answer.reason).toContain(code);
    expect(answer.endedAt).toBeLessThan(endsAt - 50_000);
    const blind = { put: () => Promise.resolve([]), openShards: () => Promise.reject(error) };
    expect(await run({}, { stream: blind })).toMatchObject({ statusCode, status: false });
  });

  it('reports what was never accepted, and does not count it', async () => {
    const { run, meter, memory } = setUp();
    let calls = 0;
    const half: RecordStream = {
      openShards: () => memory.openShards(),
      put: (records) => {
        calls += 1;
        return Promise.resolve(
          records.map((_, at) =>
            at % 2 === 0 && records.length > 1
              ? { ok: true, shardId: 's', sequenceNumber: String(calls) }
              : { ok: false, code: 'InternalFailure' },
          ),
        );
      },
    };
    const answer = await run({ seconds: 2, ratePerSecond: 30, seed: 1 }, { stream: half });
    expect(answer.status).toBe(true);
    expect(answer.record_count).toBe(meter.sums.RecordsAccepted);
    expect(meter.sums.RecordsUnaccepted).toBeGreaterThan(0);
  });

  it('fails when nothing was accepted at all', async () => {
    const { run, memory } = setUp();
    const away: RecordStream = {
      openShards: () => memory.openShards(),
      put: () => Promise.reject(new RecordStreamError('TimeoutError', true)),
    };
    expect(await run({ seconds: 3, seed: 1 }, { stream: away })).toMatchObject({
      statusCode: 503,
      status: false,
      record_count: 0,
    });
  });

  it('answers in time though the stream never does', async () => {
    const { run, time, memory, endsAt } = setUp();
    const silent: RecordStream = {
      openShards: () => memory.openShards(),
      put: () => time.sleep(3_600_000).then(() => []),
    };
    const answer = await run({ seed: 1 }, { stream: silent });
    expect(answer).toMatchObject({ statusCode: 503, status: false });
    expect(answer.endedAt).toBeLessThan(endsAt);
  });

  it('ends in time at a rate of one in many minutes', async () => {
    const { run, endsAt } = setUp();
    const answer = await run({ ratePerSecond: 0.001, seed: 1 });
    expect(answer).toMatchObject({ status: true, record_count: 1 });
    expect(answer.endedAt).toBeLessThan(endsAt);
  });

  it('fails, and rejects nothing unseen, when an adapter breaks its contract', async () => {
    const { run, memory } = setUp();
    const broken: RecordStream = {
      openShards: () => memory.openShards(),
      put: () => Promise.reject(new TypeError('Gnoll')),
    };
    const answer = await run({ seed: 1 }, { stream: broken });
    expect(answer).toMatchObject({ statusCode: 500, status: false, record_count: 0 });
    expect(answer.reason).not.toContain('Gnoll');
  });

  it('says so when there is no time to send anything', async () => {
    const { run } = setUp({ minutes: 0.03 });
    expect(await run({})).toMatchObject({ statusCode: 400, status: false, record_count: 0 });
  });
});
