import type { MessagePublisher } from '../../core/requests/messages/publish-messages.ts';

/** A publisher that wakes whoever reads the stream, here in the same process. */
export function ringingPublisher<Message>(
  publisher: MessagePublisher<Message>,
  ring: () => void,
): MessagePublisher<Message> {
  return {
    publish: async (messages) => {
      const outcomes = await publisher.publish(messages);
      ring();
      return outcomes;
    },
  };
}
