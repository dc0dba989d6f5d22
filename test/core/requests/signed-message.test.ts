import fc from 'fast-check';
import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../../lib/core/audit/canonical-json.ts';
import { messageKey } from '../../../lib/core/requests/messages/message-keys.ts';
import { readEvent, readOrder } from '../../../lib/core/requests/messages/read-message.ts';
import { messageOpener, signMessage } from '../../../lib/core/requests/messages/signed-message.ts';
import type { TaskOrder } from '../../../lib/core/requests/model/outbox-message.ts';
import type { TaskEvent } from '../../../lib/core/requests/model/task-event.ts';
import { dataMap } from '../../../lib/data-map.ts';
import { ID } from './engine-fixture.ts';

const SECRET = Buffer.alloc(32, 1);
const OTHER = Buffer.alloc(32, 2);
const open = messageOpener([SECRET], dataMap);
const engine = messageKey(SECRET, 'engine');
const orders = messageKey(SECRET, 'store:orders');

const order: TaskOrder = {
  kind: 'task-order',
  dsrId: ID,
  area: 'commerce',
  steps: [
    { taskId: 'orders', attempt: 1, operation: 'erase', round: 0, poll: undefined, after: [] },
  ],
};
const event: TaskEvent = {
  kind: 'task-event',
  eventId: 'e',
  ...{ dsrId: ID, taskId: 'orders', attempt: 1, at: 5, source: 'executor' },
  outcome: { kind: 'succeeded', affected: 2 },
};
const change = {
  ...{ eventId: 'c', store: 'orders', at: 5, remaining: 0, affected: 2, who: 'Ann Example' },
  reason: `dsr:${ID}/orders#1`,
};
const bytes = (value: unknown) => Buffer.from(JSON.stringify(value));
const dead = (reason: string) => ({ kind: 'dead', reason });

describe('a signed message', () => {
  it('is read as what was signed: orders, executors’ events and services’ changes', () => {
    expect(readOrder(open, signMessage(engine, order))).toEqual({
      kind: 'message',
      message: order,
    });
    expect(readEvent(open, signMessage(engine, event))).toEqual({
      kind: 'message',
      message: event,
    });
    expect(readEvent(open, signMessage(orders, change))).toMatchObject({
      kind: 'message',
      message: { taskId: 'orders', source: 'service', outcome: { kind: 'succeeded' } },
    });
  });

  it('can be made without our code: HMAC-SHA-256 over the canonical JSON', () => {
    const value = createHmac('sha256', orders.key)
      .update(`lethe-message/1\n${canonicalJson(change)}`)
      .digest('base64url');
    const signature = { alg: 'HS256', keyId: orders.keyId, value };
    expect(readEvent(open, bytes({ ...change, signature })).kind).toBe('message');
  });

  it('is refused when any of its bytes says something else', () => {
    const signed = Buffer.from(signMessage(engine, event));
    fc.assert(
      fc.property(fc.nat(signed.length - 1), fc.integer({ min: 1, max: 255 }), (at, by) => {
        const altered = Buffer.from(signed);
        altered[at] = altered[at]! ^ by;
        const read = readEvent(open, altered);
        // Some writings say the same: an escape, or a base64 tail. Nothing may say something else.
        if (read.kind === 'message') expect(read.message).toEqual(event);
      }),
      { numRuns: 2_000 },
    );
  });

  it('without a signature, or with another secret’s, is dead, and the reason says which', () => {
    expect(readOrder(open, bytes(order))).toEqual(dead('unsigned'));
    expect(readEvent(open, bytes(event))).toEqual(dead('unsigned'));
    expect(readEvent(open, bytes(change))).toEqual(dead('unsigned'));
    const forged = messageKey(OTHER, 'engine');
    expect(readOrder(open, signMessage(forged, order))).toEqual(dead('wrongly-signed'));
    const claimed = { keyId: engine.keyId, key: forged.key };
    expect(readEvent(open, signMessage(claimed, event))).toEqual(dead('wrongly-signed'));
  });

  it('of a service speaks for its own store alone', () => {
    expect(readOrder(open, signMessage(orders, order))).toEqual(dead('wrongly-signed'));
    expect(readEvent(open, signMessage(orders, event))).toEqual(dead('wrongly-signed'));
    const ofPosts = { ...change, reason: `dsr:${ID}/posts#1` };
    expect(readEvent(open, signMessage(orders, ofPosts))).toEqual(dead('wrongly-signed'));
    const asPosts = { ...ofPosts, store: 'posts' };
    expect(readEvent(open, signMessage(orders, asPosts))).toEqual(dead('wrongly-signed'));
  });

  it('of nobody’s business needs no signature to be passed over', () => {
    const ordinary = { ...change, reason: 'checkout' };
    expect(readEvent(open, bytes(ordinary))).toEqual({ kind: 'unrelated' });
    expect(readEvent(open, signMessage(orders, ordinary))).toEqual({ kind: 'unrelated' });
  });

  it('is still read while the secret is changed', () => {
    const both = messageOpener([OTHER, SECRET], dataMap);
    expect(readEvent(both, signMessage(engine, event)).kind).toBe('message');
    expect(readEvent(both, signMessage(messageKey(OTHER, 'engine'), event)).kind).toBe('message');
  });

  it('never throws when it is read, whatever it is', () => {
    const deep = `{"kind":"task-event","a":${'['.repeat(200_000)}${']'.repeat(200_000)},"signature":{"alg":"HS256","keyId":"${engine.keyId}","value":"${'A'.repeat(43)}"}}`;
    const huge = `{"kind":"task-event","n":1e999,"signature":{"alg":"HS256","keyId":"${engine.keyId}","value":"${'A'.repeat(43)}"}}`;
    for (const text of [deep, huge, '', '[]', 'null', '"x"', '{"__proto__":1}']) {
      expect(readEvent(open, Buffer.from(text)).kind).not.toBe('message');
    }
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          fc.json().map((text) => Buffer.from(text)),
        ),
        (data) => {
          expect(readOrder(open, data).kind).toBe('dead');
          expect(['dead', 'unrelated']).toContain(readEvent(open, data).kind);
        },
      ),
    );
  });
});
