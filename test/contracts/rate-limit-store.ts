import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RateLimitStore } from '../../lib/core/rate-limits/token-bucket.ts';

export interface RateLimitStoreUnderTest {
  store: RateLimitStore;
  close?(): Promise<void>;
}

const RULE = { capacity: 3, perSecond: 1 };

/** Registers the suite that every adapter of RateLimitStore passes. */
export function rateLimitStoreContract(
  adapter: string,
  make: () => Promise<RateLimitStoreUnderTest>,
): void {
  describe(`${adapter} keeps the contract of RateLimitStore`, () => {
    let under: RateLimitStoreUnderTest;
    let store: RateLimitStore;
    beforeEach(async () => {
      under = await make();
      ({ store } = under);
    });
    afterEach(async () => {
      await under.close?.();
    });

    it('lets so many through at once, says when there is room again, and then lets one through', async () => {
      for (let nth = 0; nth < 3; nth++) {
        expect(await store.take('a', RULE, 1_000)).toEqual({ ok: true });
      }
      expect(await store.take('a', RULE, 1_000)).toEqual({ ok: false, retryAfterSeconds: 1 });
      expect(await store.take('a', RULE, 2_000)).toEqual({ ok: true });
      expect(await store.take('a', RULE, 2_000)).toEqual({ ok: false, retryAfterSeconds: 1 });
    });

    it('counts each caller alone', async () => {
      for (let nth = 0; nth < 3; nth++) await store.take('a', RULE, 1_000);
      expect(await store.take('b', RULE, 1_000)).toEqual({ ok: true });
    });

    it('never lets more through when calls meet', async () => {
      const calls = Array.from({ length: 12 }, () => store.take('a', RULE, 1_000));
      const passed = (await Promise.all(calls)).filter(({ ok }) => ok);
      expect(passed).toHaveLength(3);
    });

    it('gives nothing for a clock that jumps back', async () => {
      for (let nth = 0; nth < 3; nth++) await store.take('a', RULE, 100_000);
      expect(await store.take('a', RULE, 1_000)).toMatchObject({ ok: false });
      expect(await store.take('a', RULE, 100_500)).toMatchObject({ ok: false });
    });
  });
}
