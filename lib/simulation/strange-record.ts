import { messageKey } from '../core/requests/messages/message-keys.ts';
import { signMessage } from '../core/requests/messages/signed-message.ts';
import type { TaskEvent } from '../core/requests/model/task-event.ts';
import type { SeededRandom } from './seeded-random.ts';
import { WORLD_MAP } from './world-map.ts';

const GARBAGE = [
  '{"kind":"task-event","dsrId":"CANARY-PERSON-1"}',
  'not json at all CANARY-PERSON-2',
  '{"reason":"dsr:x/y#1","remaining":"CANARY-PERSON-3"}',
  '[]',
  '{"reason":"dsr:unknown/none#1","eventId":"e","store":"profiles","at":1,"remaining":0,"affected":1}',
] as const;

/** What nobody wrote who may: rubbish, or a forgery. `people` are known by their requests' ids. */
export function strangeRecord(
  random: SeededRandom,
  people: ReadonlyMap<string, number>,
  now: number,
): string {
  return random.chance(0.5) ? random.pick(GARBAGE) : forgery(random, people, now);
}

/** Somebody who knows a request's ids says that a task is done, without the key to say so. */
function forgery(random: SeededRandom, people: ReadonlyMap<string, number>, now: number): string {
  const [dsrId] = random.pick([...people]);
  const taskId = random.pick(Object.keys(WORLD_MAP.stores));
  const attempt = random.between(1, 4);
  const event: TaskEvent = {
    kind: 'task-event',
    eventId: `${dsrId}/${taskId}#${attempt}/forged`,
    ...{ dsrId, taskId, attempt, at: now, source: 'executor' },
    outcome: { kind: 'succeeded', affected: 1 },
  };
  if (random.chance(0.5)) return JSON.stringify(event);
  const key = messageKey(new Uint8Array(32), 'engine');
  return Buffer.from(signMessage(key, event)).toString();
}
