import type { EnvSpec } from '../runtime/env.ts';

/** Variables of a sample service. */
export const serveSamplesEnv = {
  /** Which one it is: `user-services`, `commerce`, `content`. */
  SERVICE: { type: 'string' },
  /** Table of its records, of what it remembers of tasks, and of change events on their way. */
  RECORDS_TABLE: { type: 'string' },
  /** How long an erasure can be undone; 0: not at all. */
  UNDO_DAYS: { type: 'integer', min: 0, max: 30, default: 1 },
} as const satisfies EnvSpec;
