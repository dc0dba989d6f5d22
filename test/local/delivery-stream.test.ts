import { setTimeout as sleepFor } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import type { FirehoseTransformationEvent } from 'aws-lambda';
import { describe, expect, it, onTestFinished } from 'vitest';
import { TRANSFORM_ANSWER_LIMIT } from '../../lib/core/delivery/transform-answer-size.ts';
import { DeliveryStream, type DeliveryOptions } from '../../lib/local/delivery-stream.ts';
import { FileRecordStream } from '../../lib/local/file-record-stream.ts';
import { memoryObjectStore, type MemoryObjectStore } from '../fakes/memory-object-store.ts';
import { scratchFolder } from './scratch-folder.ts';

const NOON = Date.UTC(2026, 10, 21, 12, 34, 56);
const ERRORS = 'phi-errors/!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd}/';
const sleep = (milliseconds: number, signal: AbortSignal) =>
  sleepFor(Math.min(milliseconds, 5), undefined, { signal }).catch(() => undefined);

interface Rig {
  stream: FileRecordStream;
  store: MemoryObjectStore;
  clock: { now: () => number };
  advance: (milliseconds: number) => void;
  delivery: (options?: Partial<DeliveryOptions>) => DeliveryStream;
  /** Delivers what is there, and stops. */
  drain: (options?: Partial<DeliveryOptions>) => Promise<void>;
  objects: () => Promise<Map<string, string>>;
}

const upperCase = ({ records }: FirehoseTransformationEvent) =>
  Promise.resolve({
    records: records.map(({ recordId, data }) => ({
      recordId,
      result: 'Ok',
      data: Buffer.from(Buffer.from(data, 'base64').toString().toUpperCase() + '\n').toString(
        'base64',
      ),
    })),
  });

async function rig(shards = 2): Promise<Rig> {
  let now = NOON;
  let ids = 0;
  const clock = { now: () => now };
  const stream = await FileRecordStream.open({
    directory: await scratchFolder(),
    clock,
    shards,
    limitThroughput: false,
  });
  onTestFinished(() => stream.close());
  const store = memoryObjectStore(clock);
  const delivery = (options: Partial<DeliveryOptions> = {}) =>
    new DeliveryStream({
      stream,
      store,
      clock,
      sleep,
      newId: () => `id-${(ids += 1)}`,
      transform: upperCase,
      transformSettings: {
        deliveryStreamArn: 'arn:delivery',
        sourceKinesisStreamArn: 'arn:stream',
        region: 'local',
      },
      lambdaArn: 'arn:lambda',
      naming: {
        streamName: 'phi_data_filter',
        prefix: 'phi-data/',
        errorPrefix: ERRORS,
        fileExtension: '.jsonl',
      },
      ...options,
    });
  return {
    stream,
    store,
    clock,
    advance: (milliseconds) => (now += milliseconds),
    delivery,
    drain: (options) => delivery(options).run(AbortSignal.abort()),
    objects: async () => {
      const found = new Map<string, string>();
      for await (const { key } of store.list('')) {
        const chunks: Uint8Array[] = [];
        for await (const chunk of (await store.get(key))!.body) chunks.push(chunk);
        found.set(key, Buffer.concat(chunks).toString('latin1'));
      }
      return found;
    },
  };
}

const put = (stream: FileRecordStream, ...texts: string[]) =>
  stream.put(texts.map((text) => ({ partitionKey: text, data: Buffer.from(text) })));

const linesOf = (objects: Map<string, string>): string[] =>
  [...objects.values()].flatMap((text) => text.split('\n').slice(0, -1)).sort();

describe('the local delivery stream', () => {
  it('writes what the transform answers below the prefix, named as Firehose names it', async () => {
    const { stream, drain, objects } = await rig();
    await put(stream, 'one', 'two', 'three');
    await drain();
    const found = await objects();
    expect([...found.keys()]).toEqual([
      expect.stringMatching(
        /^phi-data\/2026\/11\/21\/12\/phi_data_filter-1-2026-11-21-12-34-56-id-\d+\.jsonl$/,
      ),
    ]);
    expect(linesOf(found)).toEqual(['ONE', 'THREE', 'TWO']);
  });

  it('hands the function the event that Firehose would', async () => {
    const { stream, drain } = await rig(1);
    const events: FirehoseTransformationEvent[] = [];
    await put(stream, 'one');
    await drain({ transform: (event) => (events.push(event), upperCase(event)) });
    const [event] = events;
    expect(event).toEqual({
      invocationId: expect.any(String) as string,
      deliveryStreamArn: 'arn:delivery',
      sourceKinesisStreamArn: 'arn:stream',
      region: 'local',
      records: [
        {
          recordId: expect.stringMatching(/^\d{62}$/) as string,
          approximateArrivalTimestamp: NOON,
          data: Buffer.from('one').toString('base64'),
          kinesisRecordMetadata: {
            sequenceNumber: expect.stringMatching(/^\d{56}$/) as string,
            subsequenceNumber: '',
            partitionKey: 'one',
            shardId: 'shardId-000000000000',
            approximateArrivalTimestamp: NOON,
          },
        },
      ],
    });
  });

  it('writes failed records as Firehose does, with the source bytes, apart from the others', async () => {
    const { stream, drain, objects } = await rig(1);
    await put(stream, 'good', 'bad', 'gone');
    const results = ['Ok', 'ProcessingFailed', 'Dropped'];
    await drain({
      transform: ({ records }) =>
        Promise.resolve({
          records: records.map(({ recordId, data }, at) => ({
            recordId,
            data,
            result: results[at],
          })),
        }),
    });
    const [data, errors] = [...(await objects())] as [[string, string], [string, string]];
    expect(data[1]).toBe('good');
    expect(errors[0]).toMatch(
      /^phi-errors\/processing-failed\/2026\/11\/21\/phi_data_filter-1-2026-11-21-12-34-56-id-\d+$/,
    );
    expect(JSON.parse(errors[1])).toEqual({
      attemptsMade: 1,
      arrivalTimestamp: NOON,
      errorCode: 'Lambda.ProcessingFailedStatus',
      errorMessage: 'ProcessingFailed status set for record',
      attemptEndingTimestamp: NOON,
      rawData: Buffer.from('bad').toString('base64'),
      lambdaARN: 'arn:lambda',
    });
    expect(errors[1].endsWith('\n')).toBe(true);
  });

  it('invokes a failing function four times, then counts the batch as failed without its message', async () => {
    const { stream, drain, objects } = await rig(1);
    await put(stream, 'one', 'two');
    const invocations = new Set<string>();
    await drain({
      transform: ({ invocationId, records }) => {
        invocations.add(invocationId);
        return Promise.reject(
          new Error(`cannot read ${records[0]!.data}, that is personal-canary`),
        );
      },
    });
    expect(invocations.size).toBe(4);
    const lines = linesOf(await objects()).map(
      (line) => JSON.parse(line) as Record<string, unknown>,
    );
    expect(lines).toHaveLength(2);
    for (const line of lines)
      expect(line).toMatchObject({ attemptsMade: 4, errorCode: 'Lambda.FunctionError' });
    expect(JSON.stringify(lines)).not.toContain('canary');
  });

  it('recovers when a later attempt succeeds', async () => {
    const { stream, drain, objects } = await rig(1);
    await put(stream, 'one');
    let attempts = 0;
    await drain({
      transform: (event) =>
        (attempts += 1) < 4 ? Promise.reject(new Error('no')) : upperCase(event),
    });
    expect(linesOf(await objects())).toEqual(['ONE']);
  });

  it.each([
    ['no records', () => ({}), 'Lambda.JsonProcessingException'],
    ['nothing', () => undefined, 'Lambda.JsonProcessingException'],
    [
      'one record too few',
      (all: object[]) => ({ records: all.slice(1) }),
      'Lambda.MissingRecordId',
    ],
    [
      'a record twice',
      (all: object[]) => ({ records: [...all, all[0]] }),
      'Lambda.DuplicatedRecordId',
    ],
    [
      'a record of its own',
      (all: object[]) => ({ records: [...all, { recordId: 'x' }] }),
      'Lambda.MissingRecordId',
    ],
    [
      'an unknown result',
      (all: object[]) => ({ records: all.map((one) => ({ ...one, result: 'Fine' })) }),
      'Lambda.InvalidReturnFormat',
    ],
    [
      'text for base64',
      (all: object[]) => ({ records: all.map((one) => ({ ...one, data: '{"a":1}' })) }),
      'Lambda.InvalidReturnFormat',
    ],
    [
      'more than 6 MB',
      (all: object[]) => ({ records: all, more: 'x'.repeat(7_000_000) }),
      'Lambda.FunctionError',
    ],
  ])('fails the whole batch when the function answers %s', async (_, answer, code) => {
    const { stream, drain, objects } = await rig(1);
    await put(stream, 'one', 'two');
    await drain({
      transform: ({ records }) =>
        Promise.resolve(
          answer(records.map(({ recordId, data }) => ({ recordId, data, result: 'Ok' }))),
        ),
    });
    const found = await objects();
    expect([...found.keys()].every((key) => key.startsWith('phi-errors/'))).toBe(true);
    const lines = linesOf(found).map(
      (line) => JSON.parse(line) as { errorCode: string; rawData: string },
    );
    expect(lines.map(({ errorCode }) => errorCode)).toEqual([code, code]);
    expect(lines.map(({ rawData }) => Buffer.from(rawData, 'base64').toString()).sort()).toEqual([
      'one',
      'two',
    ]);
  });

  it('keeps every invocation within the buffer hint and 6 MB, and loses nothing by it', async () => {
    const { stream, drain, objects } = await rig(1);
    const sizes: number[] = [];
    for (let at = 0; at < 40; at += 1) {
      await stream.put(
        Array.from({ length: 500 }, (_, nth) => ({
          partitionKey: `${at} ${nth}`,
          data: Buffer.from('x'),
        })),
      );
    }
    await stream.put([{ partitionKey: 'large', data: Buffer.alloc(1_000_000, 'y') }]);
    await drain({
      transform: (event) => {
        sizes.push(Buffer.byteLength(JSON.stringify(event)));
        return upperCase(event);
      },
    });
    expect(Math.max(...sizes)).toBeLessThanOrEqual(TRANSFORM_ANSWER_LIMIT);
    expect(sizes.length).toBeGreaterThan(1);
    expect(linesOf(await objects())).toHaveLength(20_001);
  });

  it('closes an object at its size', async () => {
    const { stream, drain, objects } = await rig(1);
    for (let at = 0; at < 10; at += 1) await put(stream, `${at}`.repeat(250));
    await drain({
      bufferBytes: 1000,
      transformSettings: {
        deliveryStreamArn: '',
        sourceKinesisStreamArn: '',
        region: '',
        bufferBytes: 300,
      },
    });
    const sizes = [...(await objects()).values()].map((text) => text.length);
    expect(sizes.sort()).toEqual([1004, 1004, 502]);
  });

  it('closes an object once its oldest record has waited long enough', async () => {
    const { stream, delivery, objects, advance } = await rig(1);
    const stop = new AbortController();
    let transformed = 0;
    const running = delivery({ observer: { transformed: () => void (transformed += 1) } }).run(
      stop.signal,
    );
    await put(stream, 'one');
    while (transformed === 0) await sleepFor(2);
    advance(59_999);
    await sleepFor(30);
    expect((await objects()).size).toBe(0);
    advance(1);
    while ((await objects()).size === 0) await sleepFor(2);
    expect(linesOf(await objects())).toEqual(['ONE']);
    stop.abort();
    await running;
    expect((await objects()).size).toBe(1);
  });

  it('compresses objects and parts them by date when asked to', async () => {
    const { stream, drain, store } = await rig(1);
    await put(stream, 'one');
    await drain({
      gzip: true,
      naming: {
        streamName: 'phi_data_filter',
        prefix:
          'phi-data/year=!{timestamp:yyyy}/month=!{timestamp:MM}/day=!{timestamp:dd}/hour=!{timestamp:HH}/',
        errorPrefix: ERRORS,
        fileExtension: '.jsonl.gz',
      },
    });
    for await (const { key } of store.list('')) {
      expect(key).toMatch(
        /^phi-data\/year=2026\/month=11\/day=21\/hour=12\/phi_data_filter-.*\.jsonl\.gz$/,
      );
      const object = await store.get(key);
      expect(object?.contentEncoding).toBe('gzip');
      for await (const chunk of object!.body) expect(gunzipSync(chunk).toString()).toBe('ONE\n');
    }
  });

  it('delivers again what was not checkpointed, and never what was', async () => {
    const { stream, drain, objects } = await rig(1);
    await put(stream, 'one');
    await drain();
    await put(stream, 'two');
    const store = {
      ...memoryObjectStore({ now: () => NOON }),
      put: () => Promise.reject(new Error('disk full')),
    };
    await expect(drain({ store })).rejects.toThrow('disk full');
    await drain();
    await drain();
    expect(linesOf(await objects())).toEqual(['ONE', 'TWO']);
    expect((await objects()).size).toBe(2);
  });
});
