import type { EnvSpec } from '../runtime/env.ts';
import { deadLettersEnv, keysEnv, messagesEnv, requestsEnv } from '../runtime/engine-env.ts';

/** Variables of the completion function. */
export const mergeEventsEnv = {
  ...requestsEnv,
  ...keysEnv,
  ...messagesEnv,
  ...deadLettersEnv,
} as const satisfies EnvSpec;
