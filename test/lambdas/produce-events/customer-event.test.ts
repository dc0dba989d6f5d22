import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { customerEvents } from '../../../lambdas/produce-events/customer-event.ts';
import { deliveryPath } from '../../../lib/core/data-map/delivery-path.ts';
import { dataMap } from '../../../lib/data-map.ts';

const clock = { now: () => Date.UTC(2026, 0, 31, 12, 0, 0, 7) };
const take = (count: number, seed: number | undefined, consentRatio = 0.5) => {
  const next = customerEvents({ clock, seed, consentRatio });
  return Array.from({ length: count }, () => next());
};

describe('customerEvents', () => {
  it('makes events of exactly the shape that the data map declares', () => {
    const found = deliveryPath(dataMap);
    const shape = found.ok ? found.path.stream.shape : [];
    for (const event of take(500, 1)) {
      expect(Object.keys(event)).toEqual(shape);
      expect(event.name).toMatch(/^\p{L}[\p{L}' -]*$/u);
      expect(event.dob).toMatch(/^(19[3-9]\d|20(0\d|1[0-5]))-\d\d-\d\d$/);
      expect(event.gender).toMatch(/^[MF]$/);
      expect(event.ssn_no).toMatch(/^\d{9}$/);
      expect(typeof event.data_share_consent).toBe('boolean');
      expect(event.evnt_time).toMatch(/^2026-01-31T12:00:00\.007\d{3}$/);
    }
  });

  it('repeats itself under one seed, also with two sequences at once, and only then', () => {
    const one = customerEvents({ clock, seed: 7, consentRatio: 0.5 });
    const two = customerEvents({ clock, seed: 7, consentRatio: 0.5 });
    for (let at = 0; at < 50; at++) expect(one()).toEqual(two());
    expect(take(50, 7)).not.toEqual(take(50, 8));
    expect(take(50, undefined)).not.toEqual(take(50, undefined));
  });

  it('gives consent at the ratio that was asked for, and at no other event', () => {
    expect(take(200, 1, 0).some((event) => event.data_share_consent)).toBe(false);
    expect(take(200, 1, 1).every((event) => event.data_share_consent)).toBe(true);
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(), (ratio, seed) => {
        const share = take(1_000, seed, ratio).filter((event) => event.data_share_consent).length;
        expect(Math.abs(share / 1_000 - ratio)).toBeLessThan(0.1);
      }),
      { numRuns: 10 },
    );
  });
});
