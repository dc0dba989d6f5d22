import { setTimeout as sleepFor } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { TRANSFORM_ANSWER_LIMIT } from '../../lib/core/delivery/transform-answer-size.ts';
import { memoryObjectStore } from '../fakes/memory-object-store.ts';
import { ERRORS, linesOf, NOON, put, rig, upperCase } from './delivery-rig.ts';

describe('what the local delivery stream holds back', () => {
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
