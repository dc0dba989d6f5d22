import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FilterStore } from '../../lib/core/ports/membership-filters.ts';

export interface FilterStoreUnderTest {
  store: FilterStore;
  close?(): Promise<void>;
}

/** Registers the suite that every adapter of FilterStore passes. */
export function filterStoreContract(
  adapter: string,
  make: () => Promise<FilterStoreUnderTest>,
): void {
  describe(`${adapter} keeps the contract of FilterStore`, () => {
    let under: FilterStoreUnderTest;
    let store: FilterStore;
    beforeEach(async () => {
      under = await make();
      store = under.store;
    });
    afterEach(async () => {
      await under.close?.();
    });

    const name = 'aZ09-_'.repeat(7) + 'x';
    const filter = (fill: number, size = 5000) => new Uint8Array(size).fill(fill);

    it('gives back what was written, byte for byte', async () => {
      const bytes = Uint8Array.from({ length: 70_000 }, (_, at) => (at * 7) & 0xff);
      await store.write(name, bytes);
      expect(Buffer.compare((await store.read(name))!, bytes)).toBe(0);
    });

    it('says that there is none', async () => {
      expect(await store.read(name)).toBeUndefined();
      expect(await store.read(`${name}y`)).toBeUndefined();
    });

    it('puts a filter in the place of an older one', async () => {
      await store.write(name, filter(1));
      await store.write(name, filter(2, 10));
      expect(Buffer.from((await store.read(name))!)).toEqual(Buffer.alloc(10, 2));
    });

    it('tells names apart by case', async () => {
      await store.write('abc', filter(1, 3));
      await store.write('ABC', filter(2, 3));
      expect(Buffer.from((await store.read('abc'))!)).toEqual(Buffer.alloc(3, 1));
    });

    it('removes one and leaves the others; twice is once', async () => {
      await store.write(name, filter(1));
      await store.write('other', filter(2, 3));
      await store.remove(name);
      await store.remove(name);
      expect(await store.read(name)).toBeUndefined();
      expect(await store.read('other')).toHaveLength(3);
    });

    it('shows a reader one whole filter or the other while several write', async () => {
      await Promise.all([1, 2, 3, 4].map((fill) => store.write(name, filter(fill))));
      const read = await store.read(name);
      expect(new Set(read).size).toBe(1);
      expect(read).toHaveLength(5000);
    });
  });
}
