/**
 * How long to wait after the n-th failure: exponential with full jitter, at least half of the step,
 * so that a throttled service is not met by everybody at once. `jitter` is at least 0, below 1.
 */
export function backOff(
  rule: { readonly base: number; readonly cap: number },
  failures: number,
  jitter: number,
): number {
  const step = Math.min(rule.cap, rule.base * 2 ** Math.min(failures - 1, 30));
  return Math.round(step / 2 + (step / 2) * jitter);
}
