import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseEvent, parseTaskOrder } from '../../../lib/core/requests/messages/task-messages.ts';

const change = {
  eventId: 'e-1',
  store: 'orders',
  at: 5,
  reason: 'dsr:11111111-2222-4333-8444-555555555555/orders#3',
  remaining: 0,
  affected: 2,
  customer: 'whatever the service says besides',
};

describe('an event', () => {
  it('of a service that names its task is that task done, once nothing remains', () => {
    expect(parseEvent(change)).toEqual({
      kind: 'message',
      message: {
        kind: 'task-event',
        eventId: 'e-1',
        dsrId: '11111111-2222-4333-8444-555555555555',
        taskId: 'orders',
        attempt: 3,
        at: 5,
        source: 'service',
        outcome: { kind: 'succeeded', affected: 2 },
      },
    });
    expect(parseEvent({ ...change, remaining: 4 })).toMatchObject({
      message: { outcome: { kind: 'started' } },
    });
  });

  it('of ordinary life is unrelated', () => {
    expect(parseEvent({ ...change, reason: 'checkout' })).toEqual({ kind: 'unrelated' });
    expect(parseEvent({ name: 'Gnoll' })).toEqual({ kind: 'unrelated' });
  });

  it('that is broken is malformed, with a reason that repeats nothing of it', () => {
    const broken = parseEvent({ ...change, remaining: 'Ann Example', affected: -1 });
    expect(broken).toEqual({
      kind: 'malformed',
      reason: 'remaining: invalid_type; affected: too_small',
    });
    expect(parseEvent('Ann')).toEqual({ kind: 'malformed', reason: 'not an object' });
    expect(parseEvent({ ...change, reason: 'dsr:nonsense' })).toMatchObject({ kind: 'malformed' });
  });

  it('never throws, whatever it is', () => {
    fc.assert(
      fc.property(fc.anything(), (input) => {
        expect(['message', 'unrelated', 'malformed']).toContain(parseEvent(input).kind);
        expect(parseTaskOrder(input).kind).toBe('malformed');
      }),
    );
  });
});
