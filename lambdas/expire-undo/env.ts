import type { EnvSpec } from '../runtime/env.ts';
import { runEnv } from '../runtime/run-env.ts';

/** Variables of the function that ends undo windows. */
export const expireUndoEnv = {
  ...runEnv,
  /** KMS key that signs what was destroyed. */
  SIGNING_KMS_KEY: { type: 'string' },
} as const satisfies EnvSpec;
