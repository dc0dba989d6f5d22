import type { EnvSpec } from '../runtime/env.ts';
import { driveEnv } from '../runtime/engine-env.ts';

/** Variables of the orchestrator. */
export const orchestrateRequestsEnv = { ...driveEnv } as const satisfies EnvSpec;
