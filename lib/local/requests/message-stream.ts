import { PUT_LIMITS, type StreamRecord } from '../../core/ports/record-stream.ts';
import type { PublishOutcome } from '../../core/ports/task-stream.ts';
import type { FileRecordStream } from '../file-record-stream.ts';

/** Messages as JSON on a record stream, those of one request in order. */
export interface MessagePublisher<Message> {
  publish(messages: readonly Message[]): Promise<readonly PublishOutcome[]>;
}

/** The ports TaskStream and EventStream on a stream of files. `onPublished` wakes its consumers. */
export function messagePublisher<Message>(
  stream: Pick<FileRecordStream, 'put'>,
  partitionKeyOf: (message: Message) => string,
  onPublished: () => void,
): MessagePublisher<Message> {
  return {
    publish: async (messages) => {
      const outcomes: PublishOutcome[] = [];
      for (let from = 0; from < messages.length; from += PUT_LIMITS.records) {
        const records = messages
          .slice(from, from + PUT_LIMITS.records)
          .map((message): StreamRecord => ({
            partitionKey: partitionKeyOf(message),
            data: Buffer.from(JSON.stringify(message)),
          }));
        for (const outcome of await stream.put(records)) {
          outcomes.push(outcome.ok ? { ok: true } : { ok: false, code: outcome.code });
        }
      }
      onPublished();
      return outcomes;
    },
  };
}
