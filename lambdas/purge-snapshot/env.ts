import type { EnvSpec } from '../runtime/env.ts';
import { ledgerEnv, snapshotsEnv, warehouseEnv } from '../runtime/warehouse-env.ts';

/** Variables of the snapshot purge. */
export const purgeSnapshotEnv = {
  ...warehouseEnv,
  ...ledgerEnv,
  ...snapshotsEnv,
} as const satisfies EnvSpec;
