import type { EventStream } from '../../core/ports/event-stream.ts';
import type { PublishOutcome, TaskStream } from '../../core/ports/task-stream.ts';
import type { TaskOrder } from '../../core/requests/model/outbox-message.ts';
import type { TaskEvent } from '../../core/requests/model/task-event.ts';

/** A stream of messages in memory; hands each to its consumer as the JSON that would travel. */
class MemoryStream<Message> {
  readonly records: string[] = [];
  onRecord: ((record: string) => void) | undefined;
  readonly #write: (message: Message) => string;

  /** `write` makes the text that would travel. @default plain JSON */
  constructor(write: (message: Message) => string = (message) => JSON.stringify(message)) {
    this.#write = write;
  }

  publish(messages: readonly Message[]): Promise<readonly PublishOutcome[]> {
    return Promise.resolve(
      messages.map((message) => {
        const record = this.#write(message);
        if (this.onRecord === undefined) this.records.push(record);
        else this.onRecord(record);
        return { ok: true };
      }),
    );
  }
}

export class MemoryTaskStream extends MemoryStream<TaskOrder> implements TaskStream {}
export class MemoryEventStream extends MemoryStream<TaskEvent> implements EventStream {}
