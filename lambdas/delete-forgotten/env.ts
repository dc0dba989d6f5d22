import type { EnvSpec } from '../runtime/env.ts';
import { ledgerEnv, radiusEnv, warehouseEnv } from '../runtime/warehouse-env.ts';

/** Variables of the scheduled pass. */
export const deleteForgottenEnv = {
  ...warehouseEnv,
  ...ledgerEnv,
  ...radiusEnv,
  /** Namespace, or cluster, of which a restricted backup is taken before rows go. @default no backup */
  BACKUP_OF: { type: 'string', optional: true },
} as const satisfies EnvSpec;
