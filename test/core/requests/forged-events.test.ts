import { describe, expect, it } from 'vitest';
import { messageKey } from '../../../lib/core/requests/messages/message-keys.ts';
import { readEvent } from '../../../lib/core/requests/messages/read-message.ts';
import { messageOpener, signMessage } from '../../../lib/core/requests/messages/signed-message.ts';
import type { TaskEvent } from '../../../lib/core/requests/model/task-event.ts';
import { mergeEvents } from '../../../lib/core/requests/verbs/merge-events.ts';
import { WORLD_MAP } from '../../../lib/simulation/world-map.ts';
import { EngineFixture, ID } from './engine-fixture.ts';

const SECRET = Buffer.alloc(32, 1);
const open = messageOpener([SECRET], WORLD_MAP);

/** A request whose task waits for an event, and that event: every id in it is right. */
async function dispatched() {
  const fixture = new EngineFixture();
  await fixture.submit();
  for (let round = 0; round < 3; round++) await fixture.drive();
  const { taskId, attempt, state } = fixture.task('profiles');
  expect(state).toBe('DISPATCHED');
  const event: TaskEvent = {
    ...{ kind: 'task-event', eventId: 'forged', dsrId: ID, taskId, attempt, at: fixture.now },
    ...{ source: 'executor', outcome: { kind: 'succeeded', affected: 1 } },
  };
  return { fixture, event, taskId, attempt };
}

/** What the completion does with a record. */
async function complete({ deps }: EngineFixture, record: Uint8Array): Promise<string> {
  const read = readEvent(open, record);
  if (read.kind !== 'message') return read.kind === 'dead' ? read.reason : read.kind;
  const [outcome] = await mergeEvents(deps, [read.message]);
  return outcome!;
}

describe('a forged event, with every id right', () => {
  it('moves no task, whoever signs it or nobody does', async () => {
    const { fixture, event, taskId, attempt } = await dispatched();
    const before = fixture.get();
    const reason = `dsr:${ID}/${taskId}#${attempt}`;
    const change = { eventId: 'c', store: taskId, at: 1, reason, remaining: 0, affected: 1 };
    const plain = (value: object) => Buffer.from(JSON.stringify(value));
    const signedAs = (secret: Uint8Array, sender: 'engine' | `store:${string}`, value: object) =>
      signMessage(messageKey(secret, sender), value);
    const stranger = Buffer.alloc(32, 9);
    const forgeries: readonly [string, Uint8Array][] = [
      ['unsigned', plain(event)],
      ['unsigned', plain(change)],
      ['wrongly-signed', signedAs(stranger, 'engine', event)],
      ['wrongly-signed', signedAs(stranger, `store:${taskId}`, change)],
      ['wrongly-signed', signedAs(SECRET, `store:${taskId}`, event)],
      ['wrongly-signed', signedAs(SECRET, 'store:orders', change)],
      ['wrongly-signed', plain({ ...event, signature: 'none' })],
      ['wrongly-signed', plain({ ...event, signature: { alg: 'none', keyId: '', value: '' } })],
    ];
    for (const [expected, record] of forgeries) {
      expect(await complete(fixture, record)).toBe(expected);
      expect(fixture.get()).toEqual(before);
    }
  });

  it('is no forgery when the engine has signed it', async () => {
    const { fixture, event, taskId } = await dispatched();
    const record = signMessage(messageKey(SECRET, 'engine'), event);
    expect(await complete(fixture, record)).toBe('merged');
    expect(fixture.task(taskId).state).toBe('SUCCEEDED');
  });
});
