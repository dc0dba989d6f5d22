import type { EnvSpec } from '../runtime/env.ts';

/** Variables of the audit export. */
export const exportAuditEnv = {
  /** Table of requests, to fetch entries that the stream has lost. */
  REQUESTS_TABLE: { type: 'string' },
  /** Bucket with Object Lock that takes the entries. */
  AUDIT_BUCKET: { type: 'string' },
} as const satisfies EnvSpec;
