import type { EnvSpec } from './env.ts';

/** Variables of all functions of archive runs. */
export const runEnv = {
  /** Bucket of the archive. */
  ARCHIVE_BUCKET: { type: 'string' },
  /** Bucket of sealed undo patches. */
  QUARANTINE_BUCKET: { type: 'string' },
  /** Bucket of signed certificates. */
  CERTIFICATES_BUCKET: { type: 'string' },
  /** Table of runs and orders. */
  RUNS_TABLE: { type: 'string' },
  /** Table of wrapped keys, and the KMS key that wraps them. */
  KEYS_TABLE: { type: 'string' },
  KEYS_KMS_KEY: { type: 'string' },
  /** Secret with the key that hides names of objects and criteria in certificates. */
  HASH_KEY_SECRET: { type: 'string' },
} as const satisfies EnvSpec;
