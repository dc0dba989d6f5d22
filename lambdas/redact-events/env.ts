import type { EnvSpec } from '../runtime/env.ts';

/** Variables of the transform function. */
export const redactEventsEnv = {
  /** Table of the suppression list. @default consent alone decides */
  SUPPRESSION_TABLE: { type: 'string', optional: true },
  /** Secret with the key of the list's hashes; needed with SUPPRESSION_TABLE. */
  SUPPRESSION_KEY_SECRET: { type: 'string', optional: true },
  /** How old the list in memory may grow before it is read again. */
  SUPPRESSION_REFRESH_SECONDS: { type: 'integer', min: 1, max: 300, default: 5 },
  /** How old it may be at most: beyond, batches are refused until the list can be read. */
  SUPPRESSION_STALE_SECONDS: { type: 'integer', min: 5, max: 900, default: 60 },
  /** Secret with the key for fields that the data map hashes; needed where it does. */
  HASH_KEY_SECRET: { type: 'string', optional: true },
} as const satisfies EnvSpec;
