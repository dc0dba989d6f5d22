import { warnAt } from '../law/law-clock.ts';
import type { Policy, Rules } from '../model/policy.ts';
import type { DsrRequest } from '../model/request.ts';
import { isHeld, stopsAll } from './holds.ts';
import { isTerminal } from './lifecycle-table.ts';
import { WARNINGS } from './pass-time.ts';

/**
 * When the watcher must look at a request again, ms since the epoch; undefined once it is closed.
 * Every state that waits has its time here, so that nothing is forgotten.
 */
export function nextWake(request: DsrRequest, policy: Policy, rules: Rules): number | undefined {
  if (request.closedAt !== undefined && request.outbox.length === 0) return undefined;
  const times = [...outboxTimes(request)];
  if (isTerminal(request.lifecycle)) {
    if (request.outbox.length === 0) times.push(request.updatedAt);
  } else {
    times.push(...lawTimes(request), ...lifecycleTimes(request, policy));
    times.push(...taskTimes(request, policy, rules));
  }
  return times.length === 0 ? undefined : Math.min(...times);
}

function outboxTimes({ outbox, updatedAt }: DsrRequest): readonly number[] {
  return outbox.map(({ retryAt }) => retryAt ?? updatedAt);
}

function lawTimes({ clock }: DsrRequest): readonly number[] {
  const times: number[] = [];
  if (clock.state === 'RUNNING') {
    const next = WARNINGS.find((percent) => !clock.warned.includes(percent));
    times.push(next === undefined ? clock.dueAt : warnAt(clock, next));
  }
  if (
    clock.acknowledgeBy !== undefined &&
    clock.acknowledgedAt === undefined &&
    !clock.warned.includes(0)
  ) {
    times.push(clock.acknowledgeBy);
  }
  return times;
}

function lifecycleTimes(request: DsrRequest, policy: Policy): readonly number[] {
  const { lifecycle, lifecycleSince, identity, graceUntil, hold, workAt, remindAt } = request;
  const free = !stopsAll(hold);
  const times: (number | undefined)[] = [remindAt];
  if (free) times.push(workAt);
  if (lifecycle === 'AWAITING_IDENTITY' && identity.kind === 'PENDING') {
    times.push(identity.expiresAt);
  }
  if (lifecycle === 'GRACE' && free) times.push(graceUntil);
  if (lifecycle === 'PARTIALLY_FAILED' && free) {
    times.push(lifecycleSince + policy.timeouts.partiallyFailed);
  }
  return times.filter((time) => time !== undefined);
}

function taskTimes(request: DsrRequest, policy: Policy, rules: Rules): readonly number[] {
  const { timeouts } = policy;
  const done = new Set(
    request.tasks.filter((task) => rules.countsAsDone(task.state)).map(({ taskId }) => taskId),
  );
  return request.tasks.flatMap((task) => {
    switch (task.state) {
      case 'DISPATCHED':
        return [task.since + timeouts.dispatched];
      case 'RUNNING':
        return [task.dueAt ?? task.since + timeouts.running];
      case 'RETRY_WAIT':
        return [task.dueAt ?? task.since];
      case 'BLOCKED':
      case 'READY': {
        const free = !isHeld(request, task) && task.after.every((id) => done.has(id));
        return free ? [request.updatedAt] : [];
      }
      case 'SUCCEEDED':
      case 'NO_DATA':
      case 'EXEMPT':
      case 'DEAD_LETTERED':
      case 'CANCELLED':
        return [];
    }
  });
}
