import * as z from 'zod';

const runRequest = z.strictObject({
  /** How long to run, at most until the function's time is nearly up. */
  seconds: z.number().positive().max(900).optional(),
  /** At most this many events a second. @default as fast as the shards allow */
  ratePerSecond: z.number().positive().max(1_000_000).optional(),
  /** Share of events with consent. @default 0.5 */
  consentRatio: z.number().min(0).max(1).default(0.5),
  /** Makes the sequence of events repeatable. @default every run differs */
  seed: z
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .optional(),
});

export type RunRequest = z.infer<typeof runRequest>;

/** What the Lambda console puts into a new test event, for whoever presses Test at once. */
const CONSOLE_TEMPLATE = '{"key1":"value1","key2":"value2","key3":"value3"}';

/** Reads the console's test event. No event, or the console's own template, asks for the defaults. */
export function parseRunRequest(
  event: unknown,
): { ok: true; request: RunRequest } | { ok: false; faults: readonly string[] } {
  const asked = JSON.stringify(event) === CONSOLE_TEMPLATE ? {} : (event ?? {});
  const parsed = runRequest.safeParse(asked);
  if (parsed.success) return { ok: true, request: parsed.data };
  return {
    ok: false,
    faults: parsed.error.issues.map(
      ({ path, message }) => `${path.map(String).join('.') || 'event'}: ${message}`,
    ),
  };
}
