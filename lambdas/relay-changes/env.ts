import type { EnvSpec } from '../runtime/env.ts';
import { messagesEnv } from '../runtime/engine-env.ts';

/** Variables of the relay of a sample service's change events. */
export const relayChangesEnv = {
  ...messagesEnv,
  /** Kinesis stream of status and change events. */
  EVENT_STREAM: { type: 'string' },
} as const satisfies EnvSpec;
