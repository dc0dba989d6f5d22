import type { EnvSpec } from '../runtime/env.ts';

/** Variables of the producer function. */
export const produceEventsEnv = {
  /** Name of the Kinesis stream that takes the events. */
  STREAM_NAME: { type: 'string' },
} as const satisfies EnvSpec;
