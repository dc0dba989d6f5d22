import type { KinesisClient } from '@aws-sdk/client-kinesis';
import type { TaskStream } from '../../core/ports/task-stream.ts';
import { messageKey } from '../../core/requests/messages/message-keys.ts';
import { messagePublisher } from '../../core/requests/messages/publish-messages.ts';
import type { TaskOrder } from '../../core/requests/model/outbox-message.ts';
import { kinesisRecordStream } from '../kinesis-record-stream.ts';

/**
 * The port TaskStream on Amazon Kinesis: orders as signed JSON, partitioned by dsrId.
 * @param messageSecret The deployment's message secret, 32 bytes or more.
 */
export function kinesisTaskStream(
  client: KinesisClient,
  streamName: string,
  messageSecret: Uint8Array,
): TaskStream {
  const stream = kinesisRecordStream(client, streamName);
  const key = messageKey(messageSecret, 'engine');
  return messagePublisher<TaskOrder>(
    stream,
    () => key,
    ({ dsrId }) => dsrId,
  );
}
