import type { EnvSpec } from '../runtime/env.ts';
import { gatheredSources } from '../runtime/gathered-sources.ts';
import {
  deadLettersEnv,
  gatheredEnv,
  keysEnv,
  messagesEnv,
  requestsEnv,
  servicesEnv,
  suppressionEnv,
} from '../runtime/engine-env.ts';

/** Variables of an area's executor. SERVICES names its area's services alone. */
export const executeTasksEnv = {
  /** Area of the data map whose stores it serves. */
  AREA: { type: 'string' },
  ...requestsEnv,
  ...keysEnv,
  ...messagesEnv,
  ...gatheredEnv,
  ...servicesEnv,
  ...suppressionEnv,
  ...deadLettersEnv,
  /** Where services may put gathered data: JSON, {@link gatheredSources}. @default nowhere */
  GATHERED_SOURCES: { type: 'json', schema: gatheredSources, optional: true },
  /** Kinesis stream of status and change events. */
  EVENT_STREAM: { type: 'string' },
} as const satisfies EnvSpec;
