import type { EnvSpec } from '../runtime/env.ts';
import { ledgerEnv, warehouseEnv } from '../runtime/warehouse-env.ts';

/** Variables of the function that a person calls after a restore. */
export const replayLedgerEnv = { ...warehouseEnv, ...ledgerEnv } as const satisfies EnvSpec;
