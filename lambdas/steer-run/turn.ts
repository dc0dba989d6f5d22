import * as z from 'zod';

/** What the state machine asks of the function; see lib/stacks/archive/run-definition.ts. */
export const turnSchema = z.discriminatedUnion('step', [
  z.object({
    step: z.literal('begin'),
    /** ARN of the execution, which holds the lease on the archive. */
    execution: z.string().min(1),
  }),
  z.object({
    step: z.enum(['plan', 'weigh', 'settle', 'conclude']),
    execution: z.string().min(1),
    runId: z.string().regex(/^[\w-]{1,80}$/),
    manifest: z.string().min(1),
  }),
]);

/** What comes next; `plan` and `settle`: a listing of the archive goes on. */
export interface Turn {
  readonly runId: string;
  readonly next: 'plan' | 'find' | 'forget' | 'settle' | 'wait' | 'verify' | 'end';
  /** Key of the batches to be worked on, JSON Lines, in the bucket of the run's files. */
  readonly manifest: string;
  /** ISO 8601; with `wait`. */
  readonly until?: string;
  /** With `end`; `nothing`: nobody waits to be erased; `elsewhere`: another execution is at it. */
  readonly state?: 'nothing' | 'elsewhere' | 'stopped' | 'done' | 'incomplete';
}
