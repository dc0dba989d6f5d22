import type { EnvSpec } from '../runtime/env.ts';

/** Variables of the function that writes membership filters. */
export const indexObjectsEnv = {
  /** Bucket of the archive; notices of others are refused. */
  ARCHIVE_BUCKET: { type: 'string' },
  /** Bucket of the filters, without versions. */
  FILTER_BUCKET: { type: 'string' },
  /** Secret with the key of the filters. */
  FILTER_KEY_SECRET: { type: 'string' },
} as const satisfies EnvSpec;
