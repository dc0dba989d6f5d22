import { describe, expect, it } from 'vitest';
import type { Command } from '../../../lib/core/requests/model/command.ts';
import { mergeEvents } from '../../../lib/core/requests/verbs/merge-events.ts';
import { DEFAULT_POLICY } from '../../../lib/core/requests/model/default-policy.ts';
import { steerRequest } from '../../../lib/core/requests/verbs/steer-request.ts';
import { DAY, EngineFixture, ID } from './engine-fixture.ts';

async function steer(engine: EngineFixture, command: Command, by = 'admin-1') {
  const actor = { kind: 'administrator', id: by } as const;
  const outcome = await steerRequest(engine.deps, { dsrId: ID, actor, command });
  return outcome.kind === 'done' ? 'done' : outcome.refusal;
}

async function erasureInGrace(): Promise<EngineFixture> {
  const engine = new EngineFixture();
  await engine.submit({ type: 'erasure' });
  await steer(engine, { kind: 'approve' });
  await engine.settle();
  return engine;
}

describe('an administrator', () => {
  it('may not be both pairs of eyes', async () => {
    const approvals = { ...DEFAULT_POLICY.approvals, erasure: 2 as const };
    const engine = new EngineFixture({ approvals });
    await engine.submit({ type: 'erasure' });
    expect(await steer(engine, { kind: 'approve' })).toBe('done');
    expect(engine.get().lifecycle).toBe('AWAITING_APPROVAL');
    expect(await steer(engine, { kind: 'approve' })).toEqual({ code: 'same-approver' });
    expect(await steer(engine, { kind: 'approve' }, 'admin-2')).toBe('done');
    expect(engine.get().lifecycle).toBe('GRACE');
  });

  it('leaves a trace even where the command is refused', async () => {
    const engine = new EngineFixture();
    await engine.submit();
    await steer(engine, { kind: 'release' });
    expect(engine.requests.peekTrail(ID).at(-1)).toMatchObject({
      action: 'refused',
      actor: { kind: 'administrator', id: 'admin-1' },
      facts: { command: 'release', code: 'already-done' },
    });
  });

  it('gives reasons as codes: prose would carry personal data', async () => {
    const engine = new EngineFixture();
    await engine.submit();
    const reason = 'Ann called from 555-1234';
    expect(await steer(engine, { kind: 'cancel', reason })).toEqual({ code: 'bad-reason' });
    expect(JSON.stringify(engine.requests.peekTrail(ID))).not.toContain('Ann called');
  });

  it('may reject until work begins, and not after', async () => {
    const engine = await erasureInGrace();
    const late = new EngineFixture();
    await late.submit();
    await late.drive();
    const reject = { kind: 'reject', reason: 'no-match' } as const;
    expect(await steer(late, reject)).toEqual({
      code: 'illegal-transition',
      from: 'IN_PROGRESS',
      to: 'REJECTED',
    });
    expect(await steer(engine, reject)).toBe('done');
    await engine.settle();
    expect(engine.get()).toMatchObject({ lifecycle: 'REJECTED', reason: 'no-match' });
    expect(engine.notices()).toContain('refused');
  });

  it('extends the period once, and the subject is told why and until when', async () => {
    const engine = await erasureInGrace();
    const extend = { kind: 'extend', reason: 'complexity' } as const;
    const { due } = engine.get().clock;
    expect(await steer(engine, extend)).toBe('done');
    expect(engine.get().clock.due > due).toBe(true);
    expect(await steer(engine, extend)).toEqual({ code: 'not-by-law', rule: 'extended-already' });
    await engine.settle();
    const notice = [...engine.notifier.accepted.values()].find(({ name }) => name === 'delayed');
    expect(notice?.facts).toEqual({
      reason: 'complexity',
      due: engine.get().clock.due,
      dueBefore: due,
    });
  });

  it('is warned of a deadline at 50, 75 and 90 per cent, and when it is missed', async () => {
    const engine = new EngineFixture();
    await engine.submit({ type: 'erasure' });
    for (let day = 0; day < 40; day++) await engine.pass(DAY);
    const warnings = [...engine.notifier.accepted.values()]
      .filter(({ name }) => name === 'deadline-near' || name === 'deadline-missed')
      .map(({ facts }) => facts['percent'] ?? 'missed');
    expect(warnings).toEqual([50, 75, 90, 'missed']);
    expect(engine.get().clock.state).toBe('BREACHED');
    expect(engine.notices('administrators').filter((n) => n === 'stuck').length).toBeGreaterThan(5);
  });
});

describe('a hold', () => {
  it('stops the work and not the clock', async () => {
    const engine = await erasureInGrace();
    await steer(engine, { kind: 'pause', reason: 'look-closer' });
    await engine.pass(3 * DAY);
    expect(engine.calls).toEqual([]);
    expect(engine.get()).toMatchObject({ lifecycle: 'GRACE', clock: { state: 'RUNNING' } });
    await steer(engine, { kind: 'release' });
    await engine.settle();
    expect(engine.calls.length).toBeGreaterThan(0);
  });

  it('by law keeps its stores and what follows them, and lets the others go on', async () => {
    const engine = new EngineFixture();
    await engine.submit();
    await steer(engine, { kind: 'legal-hold', reason: 'litigation', scope: ['orders'] });
    await engine.settle();
    const called = () => [...new Set(engine.calls.map(({ store }) => store))].sort();
    expect(called()).toEqual(['preferences', 'profiles', 'sessions']);
    expect(engine.get()).toMatchObject({ lifecycle: 'WAITING', reason: 'held' });
    await steer(engine, { kind: 'release' });
    await engine.settle();
    expect(called()).toHaveLength(8);
    expect(engine.get().lifecycle).toBe('COMPLETED');
  });

  it('on everything keeps even the look-up waiting', async () => {
    const engine = new EngineFixture();
    await engine.submit();
    await steer(engine, { kind: 'legal-hold', reason: 'litigation', scope: 'all' });
    await engine.settle();
    expect(engine.get().subject.aliases).toBeUndefined();
    expect(engine.calls).toEqual([]);
  });

  it('is brought to mind until it is released', async () => {
    const engine = await erasureInGrace();
    await steer(engine, { kind: 'pause', reason: 'look-closer' });
    for (let week = 0; week < 3; week++) await engine.pass(7 * DAY);
    expect(engine.notices('administrators').filter((n) => n === 'stuck')).toHaveLength(3);
  });
});

describe('taking a request back', () => {
  it('is whole while nothing was changed', async () => {
    const engine = await erasureInGrace();
    expect(await steer(engine, { kind: 'undo', reason: 'mistake' })).toBe('done');
    await engine.settle();
    expect(engine.get().lifecycle).toBe('CANCELLED');
    expect(engine.calls).toEqual([]);
    expect(engine.get().closedAt).toBeDefined();
  });

  it('after the first destructive task waits for what is on its way, and is partial', async () => {
    const engine = await erasureInGrace();
    engine.now += DAY;
    await engine.drive();
    expect(engine.task('profiles').state).toBe('DISPATCHED');
    expect(await steer(engine, { kind: 'cancel', reason: 'withdrawn' })).toBe('done');
    expect(engine.get().lifecycle).toBe('IN_PROGRESS');
    expect(await steer(engine, { kind: 'cancel', reason: 'withdrawn' })).toEqual({
      code: 'already-done',
    });
    await engine.settle();
    await engine.pass(engine.deps.policy.timeouts.running);
    expect(engine.get().lifecycle).toBe('CANCELLED_PARTIAL');
    expect(engine.task('uploads').state).toBe('CANCELLED');
    expect(engine.calls.map(({ store }) => store)).not.toContain('uploads');
  });

  it('gives back what every store still can', async () => {
    const engine = await erasureInGrace();
    engine.reply = () => ({ kind: 'done', affected: 1, undoableUntil: engine.now + 9 * DAY });
    await engine.pass(DAY);
    await engine.pass(engine.deps.policy.timeouts.running);
    await engine.pass(engine.deps.policy.timeouts.running);
    expect(engine.get().lifecycle).toBe('VERIFYING');
    expect(await steer(engine, { kind: 'undo', reason: 'mistake' })).toBe('done');
    await engine.settle();
    await engine.pass(engine.deps.policy.timeouts.running);
    expect(engine.get()).toMatchObject({ lifecycle: 'CANCELLED', reason: 'undo' });
    const undone = engine.calls.filter(({ operation }) => operation === 'undo');
    expect(new Set(undone.map(({ store }) => store)).size).toBe(7);
  });

  it('is refused where a store cannot give back, and names it', async () => {
    const engine = await erasureInGrace();
    await engine.pass(DAY);
    const refusal = await steer(engine, { kind: 'undo', reason: 'mistake' });
    expect(refusal).toMatchObject({ code: 'not-undoable' });
    expect(JSON.stringify(refusal)).toContain('profiles');
  });
});

describe('a poisoned task', () => {
  it('waits as a dead letter for a person, and goes out under a new key', async () => {
    const engine = new EngineFixture();
    engine.reply = ({ store }) =>
      store === 'preferences'
        ? { kind: 'failed', code: 'poison', retryable: false }
        : { kind: 'done', affected: 1 };
    await engine.submit();
    await engine.settle();
    expect(engine.get().lifecycle).toBe('PARTIALLY_FAILED');
    expect(await steer(engine, { kind: 'retry', tasks: ['nowhere'] })).toEqual({
      code: 'unknown-task',
      tasks: ['nowhere'],
    });
    engine.reply = () => ({ kind: 'done', affected: 1 });
    expect(await steer(engine, { kind: 'retry' })).toBe('done');
    await engine.settle();
    expect(engine.calls.at(-1)).toMatchObject({ taskId: 'preferences.r1', attempt: 2 });
    expect(engine.get().lifecycle).toBe('COMPLETED');
    expect(await steer(engine, { kind: 'retry' })).toMatchObject({ code: 'wrong-state' });
  });
});

describe('a subject who could be two people', () => {
  it('is not worked on until a person has looked', async () => {
    const engine = new EngineFixture();
    engine.resolve = () => Promise.resolve({ kind: 'ambiguous' });
    await engine.submit();
    await engine.settle();
    expect(engine.get()).toMatchObject({ lifecycle: 'WAITING', reason: 'identity-ambiguous' });
    expect(engine.calls).toEqual([]);
    expect(engine.notices('administrators')).toContain('stuck');
    expect(await steer(engine, { kind: 'reject', reason: 'no-match' })).toBe('done');
  });
});

describe('a restriction', () => {
  it('can be lifted once it is in force, and only once', async () => {
    const engine = new EngineFixture();
    await engine.submit({ type: 'restriction' });
    const lift = { kind: 'lift', reason: 'dispute-settled' } as const;
    expect(await steer(engine, lift)).toMatchObject({ code: 'wrong-state' });
    await engine.settle();
    await engine.pass(engine.deps.policy.timeouts.running);
    await engine.pass(engine.deps.policy.timeouts.running);
    expect(engine.get().lifecycle).toBe('COMPLETED');
    expect(await steer(engine, lift)).toBe('done');
    await engine.settle();
    expect(engine.lifted).toBe(1);
    expect(engine.notices('systems')).toEqual(['completed', 'restriction-lifted']);
    expect(await steer(engine, lift)).toEqual({ code: 'already-done' });
  });
});

describe('lost work', () => {
  it('goes out again when nothing is heard of an attempt', async () => {
    const engine = new EngineFixture();
    await engine.submit();
    await engine.drive();
    engine.tasks.records.splice(0);
    await engine.pass(engine.deps.policy.timeouts.dispatched);
    expect(engine.task('profiles')).toMatchObject({ outcome: { kind: 'failed', code: 'lost' } });
    await engine.pass(DAY);
    expect(engine.get().lifecycle).toBe('COMPLETED');
  });

  it('tells events that are about nothing known', async () => {
    const engine = new EngineFixture();
    const event = {
      kind: 'task-event',
      eventId: 'e',
      dsrId: ID,
      taskId: 'profiles',
      attempt: 1,
      at: engine.now,
      source: 'executor',
      outcome: { kind: 'started' },
    } as const;
    expect(await mergeEvents(engine.deps, [event])).toEqual(['unknown']);
  });
});
