import type { EnvSpec } from '../runtime/env.ts';
import { runEnv } from '../runtime/run-env.ts';

const { ARCHIVE_BUCKET, RUNS_TABLE, KEYS_TABLE, KEYS_KMS_KEY, HASH_KEY_SECRET } = runEnv;

/** Variables of the function that serves the archive to requests. */
export const serveArchiveEnv = {
  ...{ ARCHIVE_BUCKET, RUNS_TABLE, KEYS_TABLE, KEYS_KMS_KEY, HASH_KEY_SECRET },
  /** Bucket of membership filters, and the secret of their key. */
  FILTER_BUCKET: { type: 'string' },
  FILTER_KEY_SECRET: { type: 'string' },
  /** Bucket in which gathered rows lie for a day, for the engine to fetch. */
  HANDOVER_BUCKET: { type: 'string' },
  /** Prefix of the records that could not be redacted, and how long they stay. */
  FAILED_PREFIX: { type: 'string' },
  FAILED_DAYS: { type: 'integer', min: 1, max: 3650 },
} as const satisfies EnvSpec;
