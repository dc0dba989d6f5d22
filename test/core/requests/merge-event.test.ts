import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DsrRequest } from '../../../lib/core/requests/model/request.ts';
import type { TaskEvent, TaskOutcome } from '../../../lib/core/requests/model/task-event.ts';
import { deriveLifecycle } from '../../../lib/core/requests/state/advance-lifecycle.ts';
import { Draft } from '../../../lib/core/requests/state/draft.ts';
import { mergeEvent } from '../../../lib/core/requests/state/merge-event.ts';
import { projectRecord } from '../../../lib/core/requests/state/project-record.ts';
import { AT, context, dispatchedRequest } from './sample-request.ts';

function event(taskId: string, attempt: number, outcome: TaskOutcome): TaskEvent {
  const eventId = `${taskId}#${attempt}`;
  return {
    kind: 'task-event',
    eventId,
    dsrId: 'x',
    taskId,
    attempt,
    at: AT,
    source: 'executor',
    outcome,
  };
}

function merge(request: DsrRequest, events: readonly TaskEvent[], perWrite = 3): DsrRequest {
  let current = request;
  for (let from = 0; from < events.length; from += perWrite) {
    const draft = new Draft(current, context());
    for (const each of events.slice(from, from + perWrite)) mergeEvent(draft, each);
    deriveLifecycle(draft);
    current = draft.request;
  }
  return current;
}

/** All that the engine goes by; the times since when are the same here, since the clock stands. */
function end(request: DsrRequest) {
  const { tasks, lifecycle, verification } = request;
  return { tasks, lifecycle, verification, record: projectRecord(request) };
}

const TASKS = dispatchedRequest().tasks.map(({ taskId }) => taskId);

const outcome: fc.Arbitrary<TaskOutcome> = fc.oneof(
  fc.constant<TaskOutcome>({ kind: 'started' }),
  fc.constant<TaskOutcome>({ kind: 'not-run' }),
  fc.constant<TaskOutcome>({ kind: 'no-data' }),
  fc.record({
    kind: fc.constant('accepted' as const),
    checkAt: fc.integer({ min: AT, max: AT + 9 }),
  }),
  fc.record({
    kind: fc.constant('failed' as const),
    code: fc.constantFrom('a', 'b', 'c'),
    retryable: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('exempt' as const), basis: fc.constantFrom('law 1', 'law 2') }),
  fc.record({ kind: fc.constant('succeeded' as const), affected: fc.integer({ min: 0, max: 3 }) }),
);

const events = fc.array(
  fc
    .tuple(fc.constantFrom(...TASKS), fc.constantFrom(1, 2, 2, 2, 3), outcome)
    .map(([taskId, attempt, what]) => event(taskId, attempt, what)),
  { maxLength: 40 },
);

/** On its second attempt everywhere, so that there are older and unheard-of ones. */
const start = (): DsrRequest => {
  const request = dispatchedRequest();
  const tasks = request.tasks.map((t) => (t.attempt === 0 ? t : { ...t, attempt: 2, failures: 1 }));
  return { ...request, tasks };
};

describe('merging events', () => {
  it('ends the same in any order, with any duplicates, in any batches', () => {
    fc.assert(
      fc.property(
        events.chain((all) =>
          fc.tuple(
            fc.constant(all),
            fc.shuffledSubarray([...all, ...all], { minLength: all.length * 2 }),
            fc.integer({ min: 1, max: 10 }),
          ),
        ),
        ([all, shuffled, perWrite]) => {
          expect(end(merge(start(), shuffled, perWrite))).toEqual(end(merge(start(), all)));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('twice is once', () => {
    fc.assert(
      fc.property(events, (all) => {
        const once = merge(start(), all);
        expect(merge(once, all)).toEqual(once);
      }),
    );
  });

  it('lets no event of an older or unheard-of attempt change anything', () => {
    fc.assert(
      fc.property(events, (all) => {
        const others = all.filter(({ attempt }) => attempt !== 2);
        const request = merge(
          start(),
          all.filter(({ attempt }) => attempt === 2),
        );
        expect(merge(request, others)).toEqual(request);
      }),
    );
  });

  it('never takes back what was done', () => {
    const done = merge(start(), [event('profiles', 2, { kind: 'succeeded', affected: 1 })]);
    const late = merge(done, [
      event('profiles', 2, { kind: 'failed', code: 'late', retryable: false }),
      event('profiles', 2, { kind: 'started' }),
      event('profiles', 1, { kind: 'no-data' }),
    ]);
    expect(late.tasks).toEqual(done.tasks);
  });

  it('counts one attempt as one failure, however often it is told', () => {
    const failed = event('profiles', 2, { kind: 'failed', code: 'x', retryable: true });
    const worse = event('profiles', 2, { kind: 'failed', code: 'y', retryable: true });
    const request = merge(start(), [failed, worse, failed]);
    expect(request.tasks[0]).toMatchObject({ state: 'RETRY_WAIT', failures: 2 });
  });

  it('names a task or attempt that nobody was sent out for as unknown', () => {
    const draft = new Draft(start(), context());
    const started: TaskOutcome = { kind: 'started' };
    expect(mergeEvent(draft, event('nowhere', 1, started))).toBe('unknown');
    expect(mergeEvent(draft, event('profiles', 3, started))).toBe('unknown');
    expect(mergeEvent(draft, event('profiles', 0, started))).toBe('unknown');
  });

  it('changes nothing after the end', () => {
    const ended = { ...start(), lifecycle: 'CANCELLED_PARTIAL' as const };
    const all = TASKS.map((task) => event(task, 2, { kind: 'no-data' }));
    expect(merge(ended, all)).toEqual(ended);
  });
});

describe('where a request stands', () => {
  const done = (taskId: string) => event(taskId, 2, { kind: 'succeeded', affected: 1 });

  it('is VERIFYING only once every task is done', () => {
    const allButOne = TASKS.filter((task) => task !== 'uploads').map(done);
    const nearly = merge(start(), allButOne);
    expect(nearly.lifecycle).toBe('IN_PROGRESS');
    expect(merge(nearly, [done('uploads')])).toMatchObject({
      lifecycle: 'VERIFYING',
      verification: 'SETTLING',
    });
  });

  it('is PARTIALLY_FAILED once only dead letters and what waits for them is left', () => {
    const poison = { kind: 'failed', code: 'poison', retryable: false } as const;
    const others = TASKS.filter((task) => !['comments', 'uploads'].includes(task)).map(done);
    const request = merge(start(), [
      event('comments', 2, poison),
      event('uploads', 2, { kind: 'not-run' }),
      ...others,
    ]);
    expect(request.lifecycle).toBe('PARTIALLY_FAILED');
    expect(projectRecord(request).OverallStatus).toBe('Failed');
    expect(merge(request, [done('comments')]).lifecycle).toBe('WAITING');
  });
});
