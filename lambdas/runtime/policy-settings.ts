import * as z from 'zod';
import { DEFAULT_POLICY } from '../../lib/core/requests/model/default-policy.ts';
import type { Policy } from '../../lib/core/requests/model/policy.ts';
import { REQUEST_TYPES } from '../../lib/core/requests/model/request.ts';

const SECOND = 1_000;
const YEAR = 366 * 24 * 3_600;
const seconds = z.int().min(0).max(YEAR);
const wait = z.int().min(1).max(YEAR);

/** What a deployment may say of its policy; whatever it leaves out is {@link DEFAULT_POLICY}'s. */
export const policySettings = z.strictObject({
  /** IANA zone in which the law's days begin and end. */
  timeZone: z.string().refine(isTimeZone, 'must be an IANA time zone').optional(),
  /** Public holidays. */
  holidays: z.array(z.iso.date()).max(200).optional(),
  identity: z
    .strictObject({
      lifetimeSeconds: wait.optional(),
      maxTries: z.int().min(1).max(20).optional(),
    })
    .optional(),
  /** Approvals needed by type; 2 is four-eyes. */
  approvals: z
    .partialRecord(z.enum(REQUEST_TYPES), z.union([z.literal(0), z.literal(1), z.literal(2)]))
    .optional(),
  /** Between the last approval and the first destructive task. */
  graceSeconds: seconds.optional(),
  /** Each as in {@link Policy}, in seconds. */
  timeoutSeconds: z
    .strictObject({
      approval: wait.optional(),
      hold: wait.optional(),
      dispatched: wait.optional(),
      running: wait.optional(),
      waiting: wait.optional(),
      settling: seconds.optional(),
      verifying: wait.optional(),
      partiallyFailed: wait.optional(),
    })
    .optional(),
  maxResidueRounds: z.int().min(0).max(20).optional(),
});

export type PolicySettings = z.input<typeof policySettings>;

/** The policy that a deployment runs by. */
export function policyOf(settings: z.output<typeof policySettings> = {}): Policy {
  const { timeZone, holidays, identity, approvals, graceSeconds, timeoutSeconds } = settings;
  const { lifetimeSeconds, maxTries } = identity ?? {};
  const base = DEFAULT_POLICY;
  return {
    ...base,
    timeZone: timeZone ?? base.timeZone,
    holidays: holidays ?? base.holidays,
    identity: {
      lifetime: milliseconds(lifetimeSeconds) ?? base.identity.lifetime,
      maxTries: maxTries ?? base.identity.maxTries,
    },
    approvals: { ...base.approvals, ...given(approvals ?? {}) },
    grace: milliseconds(graceSeconds) ?? base.grace,
    timeouts: {
      ...base.timeouts,
      ...given(
        Object.fromEntries(
          Object.entries(timeoutSeconds ?? {}).map(([name, value]) => [name, milliseconds(value)]),
        ),
      ),
    },
    maxResidueRounds: settings.maxResidueRounds ?? base.maxResidueRounds,
  };
}

function milliseconds(value: number | undefined): number | undefined {
  return value === undefined ? undefined : value * SECOND;
}

/** Without what is undefined, which a spread would write over the default. */
function given<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
