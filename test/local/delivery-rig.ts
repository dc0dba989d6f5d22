import { setTimeout as sleepFor } from 'node:timers/promises';
import type { FirehoseTransformationEvent } from 'aws-lambda';
import { onTestFinished } from 'vitest';
import { DeliveryStream, type DeliveryOptions } from '../../lib/local/delivery-stream.ts';
import { FileRecordStream } from '../../lib/local/file-record-stream.ts';
import { memoryObjectStore, type MemoryObjectStore } from '../fakes/memory-object-store.ts';
import { scratchFolder } from './scratch-folder.ts';

export const NOON = Date.UTC(2026, 10, 21, 12, 34, 56);
export const ERRORS = 'phi-errors/!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd}/';
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

export const upperCase = ({ records }: FirehoseTransformationEvent) =>
  Promise.resolve({
    records: records.map(({ recordId, data }) => ({
      recordId,
      result: 'Ok',
      data: Buffer.from(Buffer.from(data, 'base64').toString().toUpperCase() + '\n').toString(
        'base64',
      ),
    })),
  });

export async function rig(shards = 2): Promise<Rig> {
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

export const put = (stream: FileRecordStream, ...texts: string[]) =>
  stream.put(texts.map((text) => ({ partitionKey: text, data: Buffer.from(text) })));

export const linesOf = (objects: Map<string, string>): string[] =>
  [...objects.values()].flatMap((text) => text.split('\n').slice(0, -1)).sort();
