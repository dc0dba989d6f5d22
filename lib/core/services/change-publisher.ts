import type { ChangeEvent } from '../ports/record-table.ts';
import { PUT_LIMITS, type RecordStream } from '../ports/record-stream.ts';
import { messageKey, type MessageKey } from '../requests/messages/message-keys.ts';
import { messagePublisher, type MessagePublisher } from '../requests/messages/publish-messages.ts';

/**
 * Puts services' change events on the events stream, each signed with its store's key. (A service of
 * one's own is given the keys of its stores, and signs by itself.)
 * @param messageSecret The deployment's message secret, 32 bytes or more.
 */
export function changePublisher(
  stream: Pick<RecordStream, 'put'>,
  messageSecret: Uint8Array,
): MessagePublisher<ChangeEvent> {
  const keys = new Map<string, MessageKey>();
  const keyOf = ({ store }: ChangeEvent): MessageKey => {
    const key = keys.get(store) ?? messageKey(messageSecret, `store:${store}`);
    keys.set(store, key);
    return key;
  };
  return messagePublisher(stream, keyOf, ({ reason }) =>
    reason.slice(0, PUT_LIMITS.partitionKeyCharacters),
  );
}
