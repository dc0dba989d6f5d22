import type { EnvSpec } from '../runtime/env.ts';
import { deadLettersEnv, keysEnv } from '../runtime/engine-env.ts';

/** Variables of the redrive. */
export const redriveLettersEnv = {
  ...keysEnv,
  ...deadLettersEnv,
  /** Kinesis stream of the executors' orders. */
  TASK_STREAM: { type: 'string' },
  /** Kinesis stream of status and change events. */
  EVENT_STREAM: { type: 'string' },
} as const satisfies EnvSpec;
