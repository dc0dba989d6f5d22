import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { GatheredStore } from '../../lib/core/ports/gathered-store.ts';
import type { GatheredData } from '../../lib/core/ports/services.ts';

export interface GatheredStoreUnderTest {
  gathered: GatheredStore;
  /** Makes what the store needs before a request's data can be put: its key, for instance. */
  prepare?(dsrId: string): Promise<void>;
  close?(): Promise<void>;
}

/** Registers the suite that every adapter of GatheredStore passes. */
export function gatheredStoreContract(
  adapter: string,
  make: () => Promise<GatheredStoreUnderTest>,
): void {
  describe(`${adapter} keeps the contract of GatheredStore`, () => {
    let under: GatheredStoreUnderTest;
    let gathered: GatheredStore;
    let dsrId: string;
    beforeEach(async () => {
      under = await make();
      gathered = under.gathered;
      dsrId = randomUUID();
      await under.prepare?.(dsrId);
    });
    afterEach(async () => {
      await under.close?.();
    });

    const inline = (value: string): GatheredData => ({ kind: 'inline', records: [{ value }] });
    const listed = async (id = dsrId) => {
      const found = new Map<string, GatheredData>();
      for await (const { taskId, data } of gathered.list(id)) found.set(taskId, data);
      return Object.fromEntries(found);
    };

    it('gives back what each task gathered, inline and by reference', async () => {
      const reference = {
        kind: 'reference',
        location: 'https://service.example/data',
        mediaType: 'application/x-ndjson',
      } as const;
      await gathered.put(dsrId, 'profiles', 1, inline('a'));
      await gathered.put(dsrId, 'orders', 1, reference);
      expect(await listed()).toEqual({ profiles: inline('a'), orders: reference });
    });

    it('lets a later attempt replace an earlier one, and never the reverse', async () => {
      await gathered.put(dsrId, 'profiles', 2, inline('second'));
      await gathered.put(dsrId, 'profiles', 1, inline('first'));
      expect(await listed()).toEqual({ profiles: inline('second') });
      await gathered.put(dsrId, 'profiles', 3, inline('third'));
      expect(await listed()).toEqual({ profiles: inline('third') });
    });

    it('takes the same attempt twice as once', async () => {
      await gathered.put(dsrId, 'profiles', 1, inline('a'));
      await gathered.put(dsrId, 'profiles', 1, inline('a'));
      expect(await listed()).toEqual({ profiles: inline('a') });
    });

    it('clears one request, and leaves the others', async () => {
      const other = randomUUID();
      await under.prepare?.(other);
      await gathered.put(dsrId, 'profiles', 1, inline('a'));
      await gathered.put(other, 'profiles', 1, inline('b'));
      await gathered.clear(dsrId);
      await gathered.clear(dsrId);
      expect(await listed()).toEqual({});
      expect(await listed(other)).toEqual({ profiles: inline('b') });
    });
  });
}
