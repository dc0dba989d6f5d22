import type { TaskOrder } from '../model/outbox-message.ts';
import type { TaskEvent } from '../model/task-event.ts';
import type { OpenMessage } from './signed-message.ts';
import { parseEvent, parseTaskOrder, type Parsed } from './task-messages.ts';

/** What came on a stream, its signature taken into account. */
export type ReadMessage<Message> =
  | Exclude<Parsed<Message>, { kind: 'malformed' }>
  /** Belongs into the dead letters, under this reason; it repeats nothing of the content. */
  | { readonly kind: 'dead'; readonly reason: 'malformed' | 'unsigned' | 'wrongly-signed' };

/** Reads a record of the task stream. */
export function readOrder(open: OpenMessage, data: Uint8Array): ReadMessage<TaskOrder> {
  const opened = open(data);
  if (opened.kind === 'refused') return { kind: 'dead', reason: opened.reason };
  const parsed = parseTaskOrder(opened.content);
  return parsed.kind === 'message' ? parsed : { kind: 'dead', reason: 'malformed' };
}

/** Reads a record of the events stream, on which services also tell what is none of our business. */
export function readEvent(open: OpenMessage, data: Uint8Array): ReadMessage<TaskEvent> {
  const opened = open(data);
  const parsed = parseEvent(opened.content);
  if (parsed.kind === 'unrelated') return parsed;
  if (opened.kind === 'refused') return { kind: 'dead', reason: opened.reason };
  return parsed.kind === 'message' ? parsed : { kind: 'dead', reason: 'malformed' };
}
