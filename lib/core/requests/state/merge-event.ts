import type { TaskEvent, TaskOutcome } from '../model/task-event.ts';
import type { Task, TaskState } from '../model/task.ts';
import { backOff } from './back-off.ts';
import type { Draft } from './draft.ts';
import { isTerminal } from './lifecycle-table.ts';
import { outweighs } from './weigh-outcome.ts';

/**
 * What one event changes. Events of the attempt that is under way are joined by weight; those of
 * earlier attempts, and all that come after the end, change nothing. Sends nothing out, so that the
 * order of events cannot matter; dispatching is the orchestrator's.
 */
export function mergeEvent(draft: Draft, event: TaskEvent): 'merged' | 'ignored' | 'unknown' {
  const task = draft.request.tasks.find(({ taskId }) => taskId === event.taskId);
  // Nobody was ever sent out with that number.
  if (task === undefined || event.attempt > task.attempt || event.attempt < 1) return 'unknown';
  if (isTerminal(draft.request.lifecycle)) return 'ignored';
  if (event.attempt < task.attempt || task.state === 'CANCELLED') return 'ignored';
  return applyOutcome(draft, task, event.outcome) ? 'merged' : 'ignored';
}

/** Joins one word about the attempt under way into its task; false if it has no weight. */
export function applyOutcome(draft: Draft, task: Task, outcome: TaskOutcome): boolean {
  if (!outweighs(outcome, task.outcome)) return false;
  // A task that was sent out anew (READY after a failure) hears only that all was well after all.
  const change = changeBy(draft, task, outcome);
  draft.setTask(task.taskId, { ...change, outcome });
  const state = change.state ?? task.state;
  if (state !== task.state && state !== 'RUNNING') {
    draft.record('task', {
      task: task.taskId,
      state,
      attempt: task.attempt,
      ...(outcome.kind === 'failed' && { code: outcome.code }),
      ...(outcome.kind === 'exempt' && { basis: outcome.basis }),
      ...(outcome.kind === 'succeeded' && { affected: outcome.affected }),
    });
  }
  return true;
}

function changeBy(draft: Draft, task: Task, outcome: TaskOutcome): Partial<Task> {
  const { policy, jitter } = draft.context;
  switch (outcome.kind) {
    case 'started':
      return { state: 'RUNNING' };
    case 'accepted':
      return { state: 'RUNNING', dueAt: outcome.checkAt };
    case 'not-run':
      return { state: 'BLOCKED', dueAt: undefined };
    case 'no-data':
    case 'exempt':
    case 'succeeded':
      return { state: DONE[outcome.kind], failures: 0, dueAt: undefined };
    case 'failed': {
      // The same attempt fails once, however often that is told.
      const failures = task.failures + (task.outcome?.kind === 'failed' ? 0 : 1);
      const again = outcome.retryable && failures < policy.retry.maxFailures;
      if (!again) return { state: 'DEAD_LETTERED', failures, dueAt: undefined };
      if (task.state === 'RETRY_WAIT' || task.state === 'READY') return { failures };
      return {
        state: 'RETRY_WAIT',
        failures,
        dueAt: draft.now + backOff(policy.retry, failures, jitter),
      };
    }
  }
}

const DONE = {
  'no-data': 'NO_DATA',
  exempt: 'EXEMPT',
  succeeded: 'SUCCEEDED',
} as const satisfies Record<string, TaskState>;
