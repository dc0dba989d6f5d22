import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PublishOutcome } from '../../lib/core/ports/task-stream.ts';
import type { ReadMessage } from '../../lib/core/requests/messages/read-message.ts';

export interface MessageStreamUnderTest<Message> {
  stream: { publish(messages: readonly Message[]): Promise<readonly PublishOutcome[]> };
  /** Every record that lies on the stream, shard by shard, each shard in its order. */
  read(): Promise<readonly (readonly Uint8Array[])[]>;
  /** What whoever consumes the stream makes of a record. */
  consume(record: Uint8Array): ReadMessage<Message>;
  close?(): Promise<void>;
}

/** The part of the suites of TaskStream and EventStream that is one. */
export function messageStreamContract<Message extends { readonly dsrId: string }>(
  title: string,
  makeMessage: (dsrId: string, nth: number) => Message,
  make: () => Promise<MessageStreamUnderTest<Message>>,
): void {
  describe(title, () => {
    let under: MessageStreamUnderTest<Message>;
    beforeEach(async () => {
      under = await make();
    });
    afterEach(async () => {
      await under.close?.();
    });

    const messages = (count: number, dsrId?: string) =>
      Array.from({ length: count }, (_, nth) => makeMessage(dsrId ?? randomUUID(), nth));
    const consumed = async (): Promise<Message[][]> =>
      (await under.read()).map((shard) =>
        shard.map((record) => {
          const read = under.consume(record);
          if (read.kind !== 'message') throw new Error(JSON.stringify(read));
          return read.message;
        }),
      );
    const sorted = (list: readonly Message[]) => list.map((one) => JSON.stringify(one)).sort();

    it('carries each message to its consumer as it was, with a signature that holds', async () => {
      const sent = messages(3);
      expect(await under.stream.publish(sent)).toEqual(sent.map(() => ({ ok: true })));
      expect(sorted((await consumed()).flat())).toEqual(sorted(sent));
    });

    it('keeps the messages of one request in order', async () => {
      const dsrId = randomUUID();
      const sent = messages(20, dsrId);
      await under.stream.publish([...messages(5), ...sent.slice(0, 9), ...messages(5)]);
      await under.stream.publish(sent.slice(9));
      const shards = (await consumed()).map((shard) => shard.filter((one) => one.dsrId === dsrId));
      expect(shards.filter((shard) => shard.length > 0)).toEqual([sent]);
    });

    it('takes more than one put can hold', async () => {
      const sent = messages(1_100);
      const outcomes = await under.stream.publish(sent);
      expect(outcomes).toEqual(sent.map(() => ({ ok: true })));
      expect(sorted((await consumed()).flat())).toEqual(sorted(sent));
    });

    it('takes no messages at all', async () => {
      expect(await under.stream.publish([])).toEqual([]);
      expect((await consumed()).flat()).toEqual([]);
    });
  });
}
