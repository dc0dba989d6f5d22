import {
  findObjects,
  verifyObjects,
  type BatchOutcome,
} from '../../lib/core/erasure/run/batch-steps.ts';
import type { RunDependencies } from '../../lib/core/erasure/run/dependencies.ts';
import type { RunCriteria } from '../../lib/core/erasure/run/run-criteria.ts';
import { batchStepSchema, MalformedBatchError } from '../runtime/batch-step.ts';
import type { Log } from '../runtime/log.ts';

export interface SearchObjectsContext {
  readonly deps: RunDependencies;
  /** Whose rows a run seeks. */
  readonly criteriaOf: (runId: string) => Promise<RunCriteria>;
  readonly log: Log;
}

const eventSchema = batchStepSchema(['find', 'verify']);

/** Reads a batch of a run's objects and writes down what it finds; changes none of them. */
export async function searchObjects(
  event: unknown,
  { deps, criteriaOf, log }: SearchObjectsContext,
): Promise<BatchOutcome> {
  const read = eventSchema.safeParse(event);
  if (!read.success) throw new MalformedBatchError();
  const { step, runId, batch } = read.data;
  const search = step === 'find' ? findObjects : verifyObjects;
  const outcome = await search(deps, await criteriaOf(runId), runId, batch);
  log.info('A batch was searched', { records: outcome.objects, failed: outcome.failed });
  return outcome;
}
