import {
  forgetObjects,
  purgeVersions,
  type BatchOutcome,
} from '../../lib/core/erasure/run/batch-steps.ts';
import type { RunDependencies } from '../../lib/core/erasure/run/dependencies.ts';
import type { RunCriteria } from '../../lib/core/erasure/run/run-criteria.ts';
import { batchStepSchema, MalformedBatchError } from '../runtime/batch-step.ts';
import type { Log } from '../runtime/log.ts';

export interface EraseObjectsContext {
  readonly deps: RunDependencies;
  /** Whose rows a run takes out. */
  readonly criteriaOf: (runId: string) => Promise<RunCriteria>;
  readonly log: Log;
}

const eventSchema = batchStepSchema(['forget', 'purge']);

/** Takes a run's rows out of a batch of objects, or out of their older versions. */
export async function eraseObjects(
  event: unknown,
  { deps, criteriaOf, log }: EraseObjectsContext,
): Promise<BatchOutcome> {
  const read = eventSchema.safeParse(event);
  if (!read.success) throw new MalformedBatchError();
  const { step, runId, batch } = read.data;
  const erase = step === 'forget' ? forgetObjects : purgeVersions;
  const outcome = await erase(deps, await criteriaOf(runId), runId, batch);
  log.info('A batch was erased', { records: outcome.objects, failed: outcome.failed });
  return outcome;
}
