/** A token bucket: `capacity` calls at once, refilled at `perSecond`. */
export interface RateRule {
  capacity: number;
  perSecond: number;
}

export type RateOutcome = { ok: true } | { ok: false; retryAfterSeconds: number };

/** Counts calls by key. Where several processes serve one API, they share a store. */
export interface RateLimitStore {
  take(key: string, rule: RateRule, now: number): Promise<RateOutcome>;
}

export interface Bucket {
  tokens: number;
  /** Ms since the epoch. */
  filledAt: number;
}

/** Takes one token from a bucket, or says when there will be one. A clock that jumps back gives nothing. */
export function takeToken(
  bucket: Bucket | undefined,
  rule: RateRule,
  now: number,
): { bucket: Bucket; outcome: RateOutcome } {
  const before = bucket ?? { tokens: rule.capacity, filledAt: now };
  const elapsed = Math.max(0, now - before.filledAt) / 1_000;
  const tokens = Math.min(rule.capacity, before.tokens + elapsed * rule.perSecond);
  const filledAt = Math.max(now, before.filledAt);
  if (tokens >= 1) {
    return { bucket: { tokens: tokens - 1, filledAt }, outcome: { ok: true } };
  }
  const retryAfterSeconds = Math.ceil((1 - tokens) / rule.perSecond);
  return { bucket: { tokens, filledAt }, outcome: { ok: false, retryAfterSeconds } };
}

/** Most callers remembered; the one unseen for longest is forgotten first. */
const MAX_CALLERS = 50_000;

/** Counts within this process: enough for one Node, and a first line on each Lambda instance. */
export function processRateLimits(): RateLimitStore {
  const buckets = new Map<string, Bucket>();
  return {
    take: (key, rule, now) => {
      const { bucket, outcome } = takeToken(buckets.get(key), rule, now);
      // A Map keeps the order of insertion: taking it out and in again makes it the youngest.
      buckets.delete(key);
      buckets.set(key, bucket);
      if (buckets.size > MAX_CALLERS) {
        const oldest = buckets.keys().next();
        if (oldest.done !== true) buckets.delete(oldest.value);
      }
      return Promise.resolve(outcome);
    },
  };
}
