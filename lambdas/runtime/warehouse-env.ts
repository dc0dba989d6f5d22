import { keysEnv } from './engine-env.ts';
import type { EnvSpec } from './env.ts';
import { snapshotSettings } from './snapshot-settings.ts';

/** Where the warehouse is reached: one of a workgroup and a cluster, under temporary credentials. */
export const warehouseEnv = {
  DATABASE: { type: 'string' },
  /** Workgroup of Redshift Serverless. */
  WORKGROUP: { type: 'string', optional: true },
  /** A provisioned cluster's identifier. */
  CLUSTER: { type: 'string', optional: true },
  /** A statement that takes longer is cancelled; less than the function's own timeout. */
  STATEMENT_SECONDS: { type: 'integer', min: 10, max: 870, default: 780 },
} as const satisfies EnvSpec;

/** The erasure ledger: sealed entries in a bucket, their keys in a vault. */
export const ledgerEnv = {
  ...keysEnv,
  LEDGER_BUCKET: { type: 'string' },
} as const satisfies EnvSpec;

/** How much of a table one pass may take before a person must look; see BlastRadius. */
export const radiusEnv = {
  RADIUS_ROWS: { type: 'integer', min: 0, max: 1_000_000_000, default: 1_000 },
  RADIUS_PERCENT: { type: 'integer', min: 0, max: 100, default: 10 },
} as const satisfies EnvSpec;

/** Whose snapshots are purged, and what is restored from them. */
export const snapshotsEnv = {
  SNAPSHOTS: { type: 'json', schema: snapshotSettings },
} as const satisfies EnvSpec;
