import type { EnvSpec } from '../runtime/env.ts';

/** Variables of the function that registers agents. */
export const registerAgentsEnv = {
  /** Table of agents that may send requests. */
  AGENTS_TABLE: { type: 'string' },
} as const satisfies EnvSpec;
