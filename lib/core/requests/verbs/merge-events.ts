import type { TaskEvent } from '../model/task-event.ts';
import { deriveLifecycle } from '../state/advance-lifecycle.ts';
import { Draft } from '../state/draft.ts';
import { mergeEvent } from '../state/merge-event.ts';
import { changeRequest } from './commit.ts';
import type { WritingDependencies } from './dependencies.ts';

export type MergeOutcome =
  | 'merged'
  /** Changes nothing: a duplicate, an older attempt, or a request that has ended. */
  | 'ignored'
  /** No such request, task or attempt; belongs into the dead letters. */
  | 'unknown'
  /** Could not be written; deliver again. */
  | 'again';

/** Keeps one write's audit entries below the store's limit of 50. */
const MOST_PER_WRITE = 40;

/**
 * The completion: merges events in any order and with duplicates to one and the same state. Answers
 * one outcome per event, in their order.
 */
export async function mergeEvents(
  deps: WritingDependencies,
  events: readonly TaskEvent[],
): Promise<readonly MergeOutcome[]> {
  const outcomes = new Map<TaskEvent, MergeOutcome>();
  for (const dsrId of new Set(events.map((event) => event.dsrId))) {
    const group = events.filter((event) => event.dsrId === dsrId);
    for (let from = 0; from < group.length; from += MOST_PER_WRITE) {
      const part = group.slice(from, from + MOST_PER_WRITE);
      const merged = await mergeInto(deps, part);
      for (const [index, event] of part.entries()) outcomes.set(event, merged[index]!);
    }
  }
  return events.map((event) => outcomes.get(event)!);
}

async function mergeInto(
  deps: WritingDependencies,
  events: readonly TaskEvent[],
): Promise<readonly MergeOutcome[]> {
  let merged: readonly MergeOutcome[] = [];
  const outcome = await changeRequest(deps, events[0]!.dsrId, (request, context) => {
    const draft = new Draft(request, context);
    merged = events.map((event) => mergeEvent(draft, event));
    deriveLifecycle(draft);
    return draft.decide();
  });
  if (outcome.kind === 'done') return merged;
  return events.map(() => (outcome.refusal.code === 'not-found' ? 'unknown' : 'again'));
}
