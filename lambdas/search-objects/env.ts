import type { EnvSpec } from '../runtime/env.ts';
import { runEnv } from '../runtime/run-env.ts';

/** Variables of the function that finds and verifies. */
export const searchObjectsEnv = {
  ...runEnv,
  /** Bucket of membership filters, and the secret of their key. */
  FILTER_BUCKET: { type: 'string' },
  FILTER_KEY_SECRET: { type: 'string' },
} as const satisfies EnvSpec;
