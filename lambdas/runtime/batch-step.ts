import * as z from 'zod';

/** What a run's state machine gives a worker: one step on one batch. */
export function batchStepSchema<const Step extends string>(steps: readonly [Step, ...Step[]]) {
  return z.object({
    step: z.enum(steps),
    runId: z.string().regex(/^[\w-]{1,80}$/),
    batch: z.int().nonnegative(),
  });
}

/** An event that is not the state machine's. */
export class MalformedBatchError extends Error {
  override readonly name = 'MalformedBatchError';

  constructor() {
    super('The event is no step on a batch of a run.');
  }
}
