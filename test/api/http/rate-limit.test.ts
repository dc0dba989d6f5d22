import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  processRateLimits,
  takeToken,
  type Bucket,
} from '../../../lib/core/rate-limits/token-bucket.ts';
import { rateLimitStoreContract } from '../../contracts/rate-limit-store.ts';
import { openDsrBody, START, testApi, uuid } from '../fixture.ts';

rateLimitStoreContract('RateLimitStore within a process', () =>
  Promise.resolve({ store: processRateLimits() }),
);

describe('a token bucket', () => {
  it('never lets through more than its capacity and what was refilled', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 50 }),
        fc.array(fc.integer({ min: -500, max: 2_000 }), { maxLength: 200 }),
        (capacity, perSecond, steps) => {
          let bucket: Bucket | undefined;
          let now = START;
          // A bucket is full when it is first asked, which may be before our start.
          const first = START + (steps[0] ?? 0);
          let furthest = first;
          let passed = 0;
          for (const step of steps) {
            now += step;
            furthest = Math.max(furthest, now);
            const taken = takeToken(bucket, { capacity, perSecond }, now);
            ({ bucket } = taken);
            if (taken.outcome.ok) passed++;
          }
          expect(passed).toBeLessThanOrEqual(
            capacity + ((furthest - first) / 1_000) * perSecond + 1e-6,
          );
        },
      ),
    );
  });

  it('lets through again after the time that it names', () => {
    const rule = { capacity: 1, perSecond: 0.1 };
    const first = takeToken(undefined, rule, START);
    const second = takeToken(first.bucket, rule, START);
    if (second.outcome.ok) throw new Error('let through');
    const later = START + second.outcome.retryAfterSeconds * 1_000;
    expect(takeToken(second.bucket, rule, later).outcome.ok).toBe(true);
  });

  it('is kept for many callers, though not for endlessly many', async () => {
    const limits = processRateLimits();
    const rule = { capacity: 1, perSecond: 0.001 };
    await limits.take('first', rule, START);
    expect((await limits.take('first', rule, START)).ok).toBe(false);
    for (let index = 0; index < 50_001; index++) await limits.take(`k${index}`, rule, START);
    expect((await limits.take('first', rule, START)).ok).toBe(true);
    expect((await limits.take('k50000', rule, START)).ok).toBe(false);
  });
});

describe('the API', () => {
  const few = { capacity: 2, perSecond: 0.5 };
  const many = { capacity: 1_000, perSecond: 1_000 };

  it('slows down one address and not another, known callers or not', async () => {
    const api = await testApi({ rates: { byAddress: few, byCaller: many } });
    const statuses = [];
    for (let call = 0; call < 4; call++) {
      const reply = await api.call('GET', '/nothing', { address: '203.0.113.9' });
      statuses.push(reply.status);
      if (reply.status === 429) expect(reply.headers.get('retry-after')).toBe('2');
    }
    expect(statuses).toEqual([404, 404, 429, 429]);
    expect((await api.call('GET', '/v2/discovery', { address: '203.0.113.10' })).status).toBe(200);
    api.clock.time += 2_000;
    expect((await api.call('GET', '/v2/discovery', { address: '203.0.113.9' })).status).toBe(200);
  });

  it('slows down one agent from many addresses, and no other', async () => {
    const api = await testApi({ rates: { byAddress: many, byCaller: few } });
    const status = async (key: string, call: number) =>
      (
        await api.call('POST', '/v2/requests', {
          json: openDsrBody(uuid(String(call))),
          headers: { 'x-api-key': key },
          address: `203.0.113.${call}`,
        })
      ).status;
    expect([
      await status(api.agentKey, 1),
      await status(api.agentKey, 2),
      await status(api.agentKey, 3),
      await status(api.otherKey, 4),
    ]).toEqual([201, 201, 429, 201]);
  });
});
