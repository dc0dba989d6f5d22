import type { EnvSpec } from '../runtime/env.ts';
import { runEnv } from '../runtime/run-env.ts';

/** Variables of the function that forgets and purges. */
export const eraseObjectsEnv = { ...runEnv } as const satisfies EnvSpec;
