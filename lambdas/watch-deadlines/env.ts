import type { EnvSpec } from '../runtime/env.ts';
import { deadLettersEnv, driveEnv } from '../runtime/engine-env.ts';

/** Variables of the watcher. */
export const watchDeadlinesEnv = { ...driveEnv, ...deadLettersEnv } as const satisfies EnvSpec;
