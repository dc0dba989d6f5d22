import { CCPA, GDPR } from '../law/regimes.ts';
import type { Policy, Rules } from './policy.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** What a deployment gets that says nothing else. */
export const DEFAULT_POLICY: Policy = {
  regimes: { gdpr: GDPR, ccpa: CCPA },
  timeZone: 'UTC',
  holidays: [],
  identity: { lifetime: 7 * DAY, maxTries: 5 },
  approvals: {
    access: 0,
    portability: 0,
    rectification: 1,
    erasure: 1,
    restriction: 0,
    objection: 0,
  },
  grace: DAY,
  timeouts: {
    approval: 3 * DAY,
    hold: 7 * DAY,
    dispatched: 30 * MINUTE,
    running: 2 * HOUR,
    waiting: 15 * MINUTE,
    settling: 2 * MINUTE,
    verifying: 30 * MINUTE,
    partiallyFailed: 14 * DAY,
  },
  retry: { maxFailures: 8, base: 30_000, cap: 6 * HOUR },
  delivery: { maxFailures: 20, base: 10_000, cap: 6 * HOUR },
  maxResidueRounds: 3,
};

/** "Skipped" does not exist: a task is done when the store says so, has nothing, or must keep it. */
export const DEFAULT_RULES: Rules = {
  countsAsDone: (state) => state === 'SUCCEEDED' || state === 'NO_DATA' || state === 'EXEMPT',
};
