import type { TaskOrder, TaskStep } from '../model/outbox-message.ts';
import type { Task } from '../model/task.ts';
import type { Draft } from './draft.ts';
import { isHeld } from './holds.ts';
import { applyOutcome } from './merge-event.ts';

/** Keeps one write's audit entries below the store's limit of 50; the next look finds the rest. */
const MOST_LOST_AT_ONCE = 30;

/** Lets time pass for tasks: attempts without a word are lost, retries fall due, stores are asked again. */
export function passTaskTime(draft: Draft): void {
  const { timeouts } = draft.context.policy;
  let lost = 0;
  for (const task of draft.request.tasks) {
    const since = draft.now - task.since;
    if (task.state === 'RUNNING' && task.outcome?.kind === 'accepted') {
      if (draft.now < (task.dueAt ?? 0)) continue;
      draft.setTask(task.taskId, { dueAt: draft.now + timeouts.dispatched });
      draft.send({ kind: 'order', order: orderOf(draft, task.area, [task], true) });
    } else if (
      (task.state === 'DISPATCHED' && since >= timeouts.dispatched) ||
      (task.state === 'RUNNING' && since >= timeouts.running)
    ) {
      applyOutcome(draft, task, { kind: 'failed', code: 'lost', retryable: true });
      if (++lost === MOST_LOST_AT_ONCE) return;
    } else if (task.state === 'RETRY_WAIT' && draft.now >= (task.dueAt ?? 0)) {
      draft.setTask(task.taskId, { state: 'READY', dueAt: undefined });
    }
  }
}

/**
 * Sends out what can be done now: one order per area, holding its ready tasks and those that wait
 * only for tasks of the same order.
 */
export function dispatchTasks(draft: Draft): void {
  if (draft.request.intent === 'cancel') return;
  const done = new Set(
    draft.request.tasks
      .filter(({ state }) => draft.context.rules.countsAsDone(state))
      .map(({ taskId }) => taskId),
  );
  for (const task of draft.request.tasks) {
    if (task.state === 'BLOCKED' && task.after.every((id) => done.has(id))) {
      draft.setTask(task.taskId, { state: 'READY' });
    }
  }
  for (const area of new Set(draft.request.tasks.map((task) => task.area))) {
    const unit = unitOf(draft, area, done);
    if (unit.length === 0) continue;
    for (const task of unit) {
      draft.setTask(task.taskId, {
        state: 'DISPATCHED',
        attempt: task.attempt + 1,
        outcome: undefined,
        dueAt: undefined,
      });
    }
    const sent = unit.map((task) => ({ ...task, attempt: task.attempt + 1 }));
    if (sent.some(({ destructive }) => destructive)) draft.set({ destructiveStarted: true });
    const order = orderOf(draft, area, sent);
    draft.send({ kind: 'order', order });
    draft.record('dispatched', { area, tasks: sent.map((t) => `${t.taskId}#${t.attempt}`) });
  }
}

function unitOf(draft: Draft, area: string, done: ReadonlySet<string>): readonly Task[] {
  const unit: Task[] = [];
  const ready = new Set<string>();
  const candidates = draft.request.tasks.filter(
    (task) =>
      task.area === area &&
      (task.state === 'READY' || task.state === 'BLOCKED') &&
      !isHeld(draft.request, task),
  );
  for (let grown = true; grown;) {
    grown = false;
    for (const task of candidates) {
      if (ready.has(task.taskId)) continue;
      if (task.after.every((id) => done.has(id) || ready.has(id))) {
        ready.add(task.taskId);
        unit.push(task);
        grown = true;
      }
    }
  }
  return unit;
}

function orderOf(draft: Draft, area: string, tasks: readonly Task[], poll = false): TaskOrder {
  const ids = new Set(tasks.map(({ taskId }) => taskId));
  const steps: TaskStep[] = tasks.map(({ taskId, attempt, round, operation, after }) => ({
    taskId,
    attempt,
    round,
    operation,
    after: after.filter((id) => ids.has(id)),
    ...(poll && { poll }),
  }));
  return { kind: 'task-order', dsrId: draft.request.dsrId, area, steps };
}
