import type { EnvSpec } from '../runtime/env.ts';
import { ledgerEnv, radiusEnv, warehouseEnv } from '../runtime/warehouse-env.ts';

/** Variables of the function that serves the warehouse's tables to requests. */
export const serveWarehouseEnv = {
  ...warehouseEnv,
  ...ledgerEnv,
  ...radiusEnv,
  /** Table of requests: when one came, when it is due, who approved it. */
  REQUESTS_TABLE: { type: 'string' },
  /** Secret with the key of subject hashes and pseudonyms. */
  HASH_KEY_SECRET: { type: 'string' },
  /** Days between two passes, and days in which a flag can be taken back. */
  PASS_DAYS: { type: 'integer', min: 1, max: 30, default: 28 },
  UNDO_DAYS: { type: 'integer', min: 0, max: 14, default: 7 },
  /** Days after a deletion for which a backup may still hold the rows. */
  BACKUP_DAYS: { type: 'integer', min: 1, max: 3_653, default: 29 },
} as const satisfies EnvSpec;
