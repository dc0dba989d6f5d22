import { describe, expect, it } from 'vitest';
import { indexObjects } from '../../../lambdas/index-objects/index-objects.ts';
import { StoredIndexer } from '../../../lib/core/erasure/filters/index-stored.ts';
import { storedFilters } from '../../../lib/core/erasure/filters/stored-filters.ts';
import type { ObjectStore } from '../../../lib/core/ports/object-store.ts';
import { dataMap } from '../../../lib/data-map.ts';
import { matcherOf } from '../../core/erasure/archive-bytes.ts';
import { KEY } from '../../core/erasure/filters/filtering.ts';
import { memoryFilterStore } from '../../fakes/memory-filter-store.ts';
import { memoryObjectStore } from '../../fakes/memory-object-store.ts';
import { recordingLog, recordingMeter } from '../../fakes/recording-log.ts';

const KEY_OF_OBJECT = 'phi-data/2026/a b+c é.jsonl';
const objectOf = (from: number) =>
  Buffer.from(
    Array.from(
      { length: 500 },
      (_, n) => `{"ssn_no":"${800_000_000 + from + n}","note":"${'n'.repeat(90)}"}\n`,
    ).join(''),
  );

function setUp() {
  const objects = memoryObjectStore({ now: () => 0 });
  const filters = memoryFilterStore();
  const contextOf = (store: ObjectStore) => ({
    bucket: 'archive',
    indexer: new StoredIndexer({ objects: store, filters, key: KEY, dataMap }),
    log: recordingLog(),
    meter: recordingMeter(),
  });
  const ask = async (value: string) => {
    const stored = await objects.get(KEY_OF_OBJECT);
    if (stored === undefined) return 'gone';
    const matcher = matcherOf([{ match: { ssn_no: value } }]);
    const answer = await storedFilters(filters, KEY).mayHold(stored, matcher, 'jsonl');
    return answer.kind === 'read' ? answer.reason : answer.kind;
  };
  return { objects, filters, contextOf, context: contextOf(objects), ask };
}

const noticeOf = (key: string, type = 'Object Created', bucket = 'archive') => ({
  version: '0',
  'detail-type': type,
  source: 'aws.s3',
  detail: {
    version: '0',
    bucket: { name: bucket },
    object: { key, size: 5, etag: 'b1946ac9', 'version-id': 'v1', sequencer: '617f08299329d189' },
    reason: 'PutObject',
  },
});
const eventOf = (...bodies: unknown[]) => ({
  Records: bodies.map((body, at) => ({
    messageId: `m${at}`,
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })),
});
const failures = (...ids: string[]) => ({
  batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })),
});

describe('indexObjects', () => {
  it('writes the filter of an object that landed, whatever its key', async () => {
    const { objects, context, ask, filters } = setUp();
    await objects.put(KEY_OF_OBJECT, objectOf(0));
    expect(await ask('1')).toBe('no-filter');
    const event = eventOf(noticeOf(KEY_OF_OBJECT));
    expect(await indexObjects(event, context)).toEqual(failures());
    expect(await ask('1')).toBe('absent');
    expect(await ask('800000007')).toBe('may-hold');
    expect(filters.filters.size).toBe(1);
    expect(context.meter.sums).toMatchObject({ ObjectsIndexed: 1 });
  });

  it('ends alike whatever comes twice, late or in another order', async () => {
    const { objects, context, ask } = setUp();
    await objects.put(KEY_OF_OBJECT, objectOf(0));
    await objects.put(KEY_OF_OBJECT, objectOf(5000));
    const event = eventOf(...Array.from({ length: 3 }, () => noticeOf(KEY_OF_OBJECT)));
    await indexObjects(event, context);
    await indexObjects(event, context);
    expect(await ask('800005001')).toBe('may-hold');
    expect(await ask('800000001')).toBe('absent');
    await objects.delete(KEY_OF_OBJECT);
    await indexObjects(event, context);
    expect(await ask('1')).toBe('gone');
  });

  it('takes the filter of a deleted object away', async () => {
    const { objects, context, filters } = setUp();
    await objects.put(KEY_OF_OBJECT, objectOf(0));
    const event = eventOf(noticeOf(KEY_OF_OBJECT));
    await indexObjects(event, context);
    await objects.delete(KEY_OF_OBJECT);
    await indexObjects(eventOf(noticeOf(KEY_OF_OBJECT, 'Object Deleted')), context);
    expect(filters.filters.size).toBe(0);
  });

  it('looks again when the object is rewritten while it is read', async () => {
    const { objects, contextOf, ask } = setUp();
    await objects.put(KEY_OF_OBJECT, objectOf(0));
    let races = 2;
    const racing: ObjectStore = {
      ...objects,
      get: async (key, options) => {
        const found = await objects.get(key, options);
        if (options?.range === undefined && races-- > 0) {
          await objects.put(KEY_OF_OBJECT, objectOf(races * 9000));
        }
        return found;
      },
    };
    const event = eventOf(noticeOf(KEY_OF_OBJECT));
    expect(await indexObjects(event, contextOf(racing))).toEqual(failures());
    expect(await ask('800000007')).toBe('may-hold');
    expect(await ask('800009007')).toBe('absent');
  });

  it('answers each message that it cannot serve as failed, and serves the others', async () => {
    const { objects, contextOf, ask } = setUp();
    await objects.put(KEY_OF_OBJECT, objectOf(0));
    const failing: ObjectStore = {
      ...objects,
      get: (key, options) =>
        key === 'phi-data/broken'
          ? Promise.reject(new Error('throttled'))
          : objects.get(key, options),
    };
    const context = contextOf(failing);
    const event = eventOf(
      'no json',
      noticeOf('phi-data/broken'),
      noticeOf('phi-data/x', 'Object Created', 'another-bucket'),
      noticeOf(KEY_OF_OBJECT),
      noticeOf('phi-data/x', 'Object Restore Completed'),
    );
    expect(await indexObjects(event, context)).toEqual(failures('m0', 'm1', 'm2', 'm4'));
    expect(await ask('1')).toBe('absent');
    expect(JSON.stringify(context.log.lines)).not.toContain('phi-data');
  });

  it('refuses an event that is from no queue', async () => {
    const { context } = setUp();
    await expect(indexObjects({ records: [] }, context)).rejects.toThrow('no batch of queue');
  });
});
