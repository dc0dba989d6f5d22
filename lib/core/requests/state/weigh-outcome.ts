import { canonicalJson } from '../../audit/canonical-json.ts';
import type { TaskOutcome } from '../model/task-event.ts';

/**
 * The weight of each word that can be heard of one attempt. The weightiest one stands, in whatever
 * order they come: what was done stays done, and a duty to keep data outweighs all.
 */
const WEIGHT: Readonly<Record<TaskOutcome['kind'], number>> = {
  started: 1,
  accepted: 2,
  'not-run': 3,
  failed: 4,
  'no-data': 6,
  succeeded: 7,
  exempt: 8,
};

/** Whether `heard` outweighs what is known. A total order, so that no two orders end differently. */
export function outweighs(heard: TaskOutcome, known: TaskOutcome | undefined): boolean {
  if (known === undefined) return true;
  const difference = weight(heard) - weight(known);
  if (difference !== 0) return difference > 0;
  if (heard.kind === 'accepted' && known.kind === 'accepted') return heard.checkAt > known.checkAt;
  return canonicalJson(heard) > canonicalJson(known);
}

function weight(outcome: TaskOutcome): number {
  return WEIGHT[outcome.kind] + (outcome.kind === 'failed' && !outcome.retryable ? 1 : 0);
}
