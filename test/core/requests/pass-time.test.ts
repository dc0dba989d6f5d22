import { describe, expect, it } from 'vitest';
import type { DsrRequest } from '../../../lib/core/requests/model/request.ts';
import { Draft } from '../../../lib/core/requests/state/draft.ts';
import { nextWake } from '../../../lib/core/requests/state/next-wake.ts';
import { passTime } from '../../../lib/core/requests/state/pass-time.ts';
import { AT, context, dispatchedRequest } from './sample-request.ts';

describe('the passing of time', () => {
  it('writes no more audit entries at once than a store takes, and wakes again for the rest', () => {
    const [first] = dispatchedRequest().tasks;
    const tasks = Array.from({ length: 120 }, (_, at) => ({
      ...first!,
      taskId: `store-${at}`,
      area: 'one',
      after: [],
    }));
    let request: DsrRequest = dispatchedRequest({ tasks });
    const later = context(AT + 3_600_000);
    for (let round = 0; round < 4; round++) {
      expect(nextWake(request, later.policy, later.rules)).toBeLessThanOrEqual(later.now);
      const draft = new Draft(request, later);
      passTime(draft);
      const decision = draft.decide();
      expect(decision.kind === 'decided' ? decision.audit.length : 0).toBeLessThanOrEqual(50);
      request = draft.request;
    }
    expect(request.tasks.every(({ state }) => state === 'RETRY_WAIT')).toBe(true);
    expect(nextWake(request, later.policy, later.rules)).toBeGreaterThan(later.now);
  });

  it('asks a store again at the time it named, by the same attempt', () => {
    const request = dispatchedRequest();
    const tasks = request.tasks.map((task) =>
      task.taskId === 'profiles'
        ? {
            ...task,
            state: 'RUNNING' as const,
            dueAt: AT + 500,
            outcome: { kind: 'accepted', checkAt: AT + 500 } as const,
          }
        : task,
    );
    const ask = (now: number) => {
      const draft = new Draft({ ...request, tasks }, context(now));
      passTime(draft);
      const decision = draft.decide();
      return decision.kind === 'decided' ? decision.outbox : [];
    };
    expect(ask(AT + 499)).toEqual([]);
    expect(ask(AT + 500)).toMatchObject([
      { kind: 'order', order: { steps: [{ taskId: 'profiles', attempt: 1, poll: true }] } },
    ]);
  });
});
