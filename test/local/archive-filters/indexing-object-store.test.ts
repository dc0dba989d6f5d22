import { describe, expect, it } from 'vitest';
import { StoredIndexer } from '../../../lib/core/erasure/filters/index-stored.ts';
import { storedFilters } from '../../../lib/core/erasure/filters/stored-filters.ts';
import { dataMap } from '../../../lib/data-map.ts';
import { indexingObjectStore } from '../../../lib/local/archive-filters/indexing-object-store.ts';
import { objectStoreContract } from '../../contracts/object-store/contract.ts';
import { matcherOf } from '../../core/erasure/archive-bytes.ts';
import { KEY } from '../../core/erasure/filters/filtering.ts';
import { memoryFilterStore } from '../../fakes/memory-filter-store.ts';
import { memoryObjectStore } from '../../fakes/memory-object-store.ts';

function setUp() {
  const plain = memoryObjectStore({ now: () => 7 });
  const filters = memoryFilterStore();
  const faults: unknown[] = [];
  const indexer = new StoredIndexer({ objects: plain, filters, key: KEY, dataMap });
  const store = indexingObjectStore(plain, indexer, (error) => void faults.push(error));
  return { plain, filters, faults, store };
}

objectStoreContract('indexingObjectStore', () => Promise.resolve({ store: setUp().store }));

const KEY_OF_OBJECT = 'phi-data/a.jsonl';
const objectOf = (from: number) =>
  Buffer.from(
    Array.from({ length: 500 }, (_, n) => `{"ssn_no":"${from + n}","n":"${'n'.repeat(90)}"}`).join(
      '\n',
    ),
  );

describe('indexingObjectStore', () => {
  it('has the filter of what was written last, and none of what was deleted', async () => {
    const { store, filters } = setUp();
    const absent = async (value: string) => {
      const stored = await store.get(KEY_OF_OBJECT);
      const matcher = matcherOf([{ match: { ssn_no: value } }]);
      return (await storedFilters(filters, KEY).mayHold(stored!, matcher, 'jsonl')).kind;
    };
    await store.put(KEY_OF_OBJECT, objectOf(1000));
    expect([await absent('1001'), await absent('5001')]).toEqual(['read', 'absent']);
    await store.put(KEY_OF_OBJECT, objectOf(5000));
    expect([await absent('1001'), await absent('5001')]).toEqual(['absent', 'read']);
    await store.delete(KEY_OF_OBJECT);
    expect(filters.filters.size).toBe(0);
  });

  it('keeps a write whose filter fails, and tells of the fault', async () => {
    const { plain, faults } = setUp();
    const failing = { index: () => Promise.reject(new Error('disk full')) };
    const store = indexingObjectStore(plain, failing, (error) => void faults.push(error));
    expect((await store.put(KEY_OF_OBJECT, objectOf(1))).kind).toBe('stored');
    expect(await plain.get(KEY_OF_OBJECT)).toBeDefined();
    expect(faults).toHaveLength(1);
  });
});
