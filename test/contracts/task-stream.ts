import type { TaskOrder } from '../../lib/core/requests/model/outbox-message.ts';
import { messageStreamContract, type MessageStreamUnderTest } from './message-stream.ts';

/** Registers the suite that every adapter of TaskStream passes. */
export function taskStreamContract(
  adapter: string,
  make: () => Promise<MessageStreamUnderTest<TaskOrder>>,
): void {
  messageStreamContract<TaskOrder>(
    `${adapter} keeps the contract of TaskStream`,
    (dsrId, nth) => ({
      ...{ kind: 'task-order', dsrId, area: 'commerce' },
      steps: [
        { taskId: 'orders', attempt: nth + 1, operation: 'erase', round: 0, after: ['profiles'] },
      ],
    }),
    make,
  );
}
