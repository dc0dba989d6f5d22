import type { TaskEvent } from '../../lib/core/requests/model/task-event.ts';
import { messageStreamContract, type MessageStreamUnderTest } from './message-stream.ts';

/** Registers the suite that every adapter of EventStream passes. */
export function eventStreamContract(
  adapter: string,
  make: () => Promise<MessageStreamUnderTest<TaskEvent>>,
): void {
  messageStreamContract<TaskEvent>(
    `${adapter} keeps the contract of EventStream`,
    (dsrId, nth) => ({
      ...{ kind: 'task-event', eventId: `${dsrId}/orders#${nth + 1}/succeeded`, dsrId },
      ...{ taskId: 'orders', attempt: nth + 1, at: nth, source: 'executor' },
      outcome: { kind: 'succeeded', affected: nth, undoableUntil: 5 },
    }),
    make,
  );
}
