import type { Actor } from '../model/command.ts';
import type { Task } from '../model/task.ts';
import { SYSTEM, type Draft } from './draft.ts';
import { endRequest } from './end-request.ts';
import { isHeld } from './holds.ts';

const DESTRUCTIVE_TYPES: readonly string[] = ['erasure', 'rectification'];

/** Goes on once it is known that the requester is the subject. */
export function passIdentity(draft: Draft): void {
  const { policy } = draft.context;
  if (policy.approvals[draft.request.type] === 0) {
    passApproval(draft);
    return;
  }
  draft.moveTo('AWAITING_APPROVAL');
  draft.set({ remindAt: draft.now + policy.timeouts.approval });
  draft.tell('administrators', 'approval-needed', { due: draft.request.clock.due });
}

/** Goes on once enough administrators have approved: destructive work waits out its grace period. */
export function passApproval(draft: Draft, actor: Actor = SYSTEM): void {
  const { grace } = draft.context.policy;
  if (grace > 0 && DESTRUCTIVE_TYPES.includes(draft.request.type)) {
    const graceUntil = draft.now + grace;
    draft.moveTo('GRACE', undefined, actor);
    draft.set({ graceUntil });
    draft.record('scheduled', { run: new Date(graceUntil).toISOString() });
    return;
  }
  startWork(draft);
}

/** The work begins; planning comes first. */
export function startWork(draft: Draft): void {
  draft.moveTo('IN_PROGRESS');
  draft.set({ workAt: draft.now });
  draft.tell('subject', 'begun', { due: draft.request.clock.due });
}

/** Whether the subject has been resolved and the tasks are known. */
export function isPlanned(draft: Draft): boolean {
  return draft.request.subject.aliases !== undefined;
}

/** Where a planned request stands follows from its tasks alone, in whatever order they got there. */
export function deriveLifecycle(draft: Draft): void {
  const { lifecycle, intent } = draft.request;
  if (!isPlanned(draft) || !WORKING.includes(lifecycle)) return;
  if (intent === 'cancel') cancelIdleTasks(draft);

  const { tasks } = draft.request;
  const inFlight = tasks.some(isInFlight);
  if (intent !== 'fulfil') {
    const open = tasks.filter((task) => !isSettled(draft, task));
    if (inFlight || (open.length > 0 && !isStalled(draft, tasks))) stay(draft, inFlight);
    else endBackwards(draft);
    return;
  }
  if (tasks.every(({ state }) => draft.context.rules.countsAsDone(state))) {
    enterVerifying(draft);
  } else if (isStalled(draft, tasks)) {
    if (lifecycle === 'PARTIALLY_FAILED') return;
    draft.moveTo('PARTIALLY_FAILED');
    draft.set({ workAt: undefined });
    draft.tell('administrators', 'partially-failed', { due: draft.request.clock.due });
  } else {
    const ready = tasks.some((task) => task.state === 'READY' && !isHeld(draft.request, task));
    stay(draft, inFlight || ready);
  }
}

const WORKING: readonly string[] = ['IN_PROGRESS', 'WAITING', 'VERIFYING', 'PARTIALLY_FAILED'];

function isInFlight({ state }: Task): boolean {
  return state === 'DISPATCHED' || state === 'RUNNING';
}

function isSettled(draft: Draft, { state }: Task): boolean {
  return (
    draft.context.rules.countsAsDone(state) || state === 'DEAD_LETTERED' || state === 'CANCELLED'
  );
}

/** Nothing moves any more, and what stands still waits, directly or not, for a dead letter. */
function isStalled(draft: Draft, tasks: readonly Task[]): boolean {
  const dead = new Set(
    tasks.filter(({ state }) => state === 'DEAD_LETTERED').map(({ taskId }) => taskId),
  );
  if (dead.size === 0) return false;
  for (let grown = true; grown;) {
    grown = false;
    for (const { taskId, state, after } of tasks) {
      const waits = state === 'BLOCKED' || state === 'READY';
      if (!waits || dead.has(taskId) || !after.some((id) => dead.has(id))) continue;
      dead.add(taskId);
      grown = true;
    }
  }
  return tasks.every((task) => isSettled(draft, task) || dead.has(task.taskId));
}

function stay(draft: Draft, moving: boolean): void {
  const held = draft.request.hold.kind !== 'NONE';
  draft.moveTo(
    moving ? 'IN_PROGRESS' : 'WAITING',
    moving ? undefined : held ? 'held' : 'waiting-for-stores',
  );
}

function enterVerifying(draft: Draft): void {
  if (draft.request.lifecycle === 'VERIFYING') return;
  draft.moveTo('VERIFYING');
  const settling = draft.request.type === 'erasure' ? draft.context.policy.timeouts.settling : 0;
  draft.set({
    workAt: draft.now + settling,
    ...(draft.request.type === 'erasure' && { verification: 'SETTLING' }),
  });
}

/** A cancellation: whatever is not on its way is not sent any more. */
function cancelIdleTasks(draft: Draft): void {
  for (const task of draft.request.tasks) {
    if (!isInFlight(task) && !isSettled(draft, task)) {
      draft.setTask(task.taskId, { state: 'CANCELLED', dueAt: undefined });
    }
  }
}

function endBackwards(draft: Draft): void {
  const { intent, tasks, destructiveStarted } = draft.request;
  const whole = intent === 'undo' && !tasks.some(({ state }) => state === 'DEAD_LETTERED');
  endRequest(draft, destructiveStarted && !whole ? 'CANCELLED_PARTIAL' : 'CANCELLED', intent);
}
