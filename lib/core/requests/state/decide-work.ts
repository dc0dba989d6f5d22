import type { Actor } from '../model/command.ts';
import type { Decision } from '../model/decision.ts';
import { deriveLifecycle, isPlanned } from './advance-lifecycle.ts';
import { refuse, type Draft } from './draft.ts';
import { endRequest } from './end-request.ts';

/** Sends dead letters out anew; all, or those named. Also tries again what waits for a plan. */
export function decideRetry(
  draft: Draft,
  named: readonly string[] | undefined,
  actor: Actor,
): Decision {
  const { tasks, lifecycle, workAt } = draft.request;
  const unknown = named?.filter((id) => !tasks.some(({ taskId }) => taskId === id)) ?? [];
  if (unknown.length > 0) return refuse({ code: 'unknown-task', tasks: unknown });
  if (lifecycle === 'WAITING' && !isPlanned(draft)) {
    if (workAt !== undefined && workAt <= draft.now) return refuse({ code: 'already-done' });
    draft.set({ workAt: draft.now });
    draft.record('retried', {}, actor);
    return draft.decide();
  }
  const again = tasks.filter(
    ({ taskId, state }) =>
      state === 'DEAD_LETTERED' && (named === undefined || named.includes(taskId)),
  );
  if (again.length === 0) return refuse({ code: 'nothing-to-retry' });
  for (const task of again) {
    draft.setTask(task.taskId, {
      state: 'READY',
      round: task.round + 1,
      failures: 0,
      outcome: undefined,
    });
  }
  draft.record('retried', { tasks: again.map(({ taskId }) => taskId) }, actor);
  deriveLifecycle(draft);
  return draft.decide();
}

/** Stops the request: at once while nothing is on its way, else when that has come to its end. */
export function decideCancel(draft: Draft, reason: string, actor: Actor): Decision {
  if (draft.request.intent !== 'fulfil') return refuse({ code: 'already-done' });
  if (!isPlanned(draft)) {
    endRequest(draft, 'CANCELLED', reason, actor);
    return draft.decide();
  }
  draft.set({ intent: 'cancel', workAt: undefined, verification: 'NOT_STARTED' });
  draft.record('cancel-asked', { reason }, actor);
  deriveLifecycle(draft);
  return draft.decide();
}

/**
 * Takes the request back: at once while nothing was changed; otherwise every store that changed
 * something must still be able to give it back, and is asked to.
 */
export function decideUndo(draft: Draft, reason: string, actor: Actor): Decision {
  const { tasks, intent, destructiveStarted } = draft.request;
  if (!destructiveStarted) return decideCancel(draft, reason, actor);
  if (intent !== 'fulfil') return refuse({ code: 'already-done' });
  const begun = tasks.filter(({ attempt, destructive }) => destructive && attempt > 0);
  const lost = begun.filter(
    ({ outcome, state }) =>
      state !== 'NO_DATA' &&
      !(
        state === 'SUCCEEDED' &&
        outcome?.kind === 'succeeded' &&
        (outcome.undoableUntil ?? 0) > draft.now
      ),
  );
  if (lost.length > 0) {
    return refuse({ code: 'not-undoable', tasks: lost.map(({ taskId }) => taskId) });
  }
  draft.set({ intent: 'undo', workAt: undefined, verification: 'NOT_STARTED' });
  for (const task of tasks) {
    if (task.state === 'SUCCEEDED') {
      draft.setTask(task.taskId, {
        state: 'READY',
        operation: 'undo',
        after: [],
        failures: 0,
        outcome: undefined,
      });
    } else if (task.state !== 'NO_DATA' && task.state !== 'EXEMPT') {
      draft.setTask(task.taskId, { state: 'CANCELLED', dueAt: undefined });
    }
  }
  draft.record('undo-asked', { reason, tasks: begun.map(({ taskId }) => taskId) }, actor);
  deriveLifecycle(draft);
  return draft.decide();
}
