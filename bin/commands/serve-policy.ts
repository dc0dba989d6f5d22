import { DEFAULT_POLICY } from '../../lib/core/requests/model/default-policy.ts';
import type { Policy } from '../../lib/core/requests/model/policy.ts';

const SECOND = 1_000;

/** Waits of seconds in place of minutes and days, for trying things out. The law's periods stay. */
export const HURRIED_POLICY: Policy = {
  ...DEFAULT_POLICY,
  grace: 0,
  timeouts: {
    ...DEFAULT_POLICY.timeouts,
    dispatched: 10 * SECOND,
    running: 10 * SECOND,
    waiting: SECOND,
    settling: SECOND,
    verifying: SECOND,
  },
  retry: { ...DEFAULT_POLICY.retry, base: 200, cap: 5 * SECOND },
  delivery: { ...DEFAULT_POLICY.delivery, base: 200, cap: 5 * SECOND },
};
