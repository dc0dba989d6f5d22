import type { EnvSpec } from '../runtime/env.ts';
import { runEnv } from '../runtime/run-env.ts';

/** Variables of the function that plans, weighs and concludes runs. */
export const steerRunEnv = {
  ...runEnv,
  /** Bucket of manifests. */
  RUN_FILES_BUCKET: { type: 'string' },
  /** KMS key that signs certificates. */
  SIGNING_KMS_KEY: { type: 'string' },
  /** Prefix of the records that could not be redacted, and how long they stay. */
  FAILED_PREFIX: { type: 'string' },
  FAILED_DAYS: { type: 'integer', min: 1, max: 3650 },
  /** Most of the rows that a run may take out, in ten thousandths. */
  MOST_MATCHING: { type: 'integer', min: 0, max: 10_000 },
  /** How long what is removed can be given back; 0: never. */
  UNDO_DAYS: { type: 'integer', min: 0, max: 3650 },
  /** How long data may be on its way that the filter let through before an order. */
  DRAIN_SECONDS: { type: 'integer', min: 0, max: 604_800 },
} as const satisfies EnvSpec;
