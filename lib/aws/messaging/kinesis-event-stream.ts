import type { KinesisClient } from '@aws-sdk/client-kinesis';
import type { EventStream } from '../../core/ports/event-stream.ts';
import { messageKey } from '../../core/requests/messages/message-keys.ts';
import { messagePublisher } from '../../core/requests/messages/publish-messages.ts';
import type { TaskEvent } from '../../core/requests/model/task-event.ts';
import { kinesisRecordStream } from '../kinesis-record-stream.ts';

/**
 * The port EventStream on Amazon Kinesis: executors' events as signed JSON, partitioned by dsrId.
 * @param messageSecret The deployment's message secret, 32 bytes or more.
 */
export function kinesisEventStream(
  client: KinesisClient,
  streamName: string,
  messageSecret: Uint8Array,
): EventStream {
  const stream = kinesisRecordStream(client, streamName);
  const key = messageKey(messageSecret, 'engine');
  return messagePublisher<TaskEvent>(
    stream,
    () => key,
    ({ dsrId }) => dsrId,
  );
}
