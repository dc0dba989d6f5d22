import { describe, expect, it } from 'vitest';
import {
  PUT_LIMITS,
  putFault,
  type PutOutcome,
  RecordStreamError,
  type StreamRecord,
} from '../../../lib/core/ports/record-stream.ts';
import { messageKey } from '../../../lib/core/requests/messages/message-keys.ts';
import { messagePublisher } from '../../../lib/core/requests/messages/publish-messages.ts';

interface Message {
  readonly id: string;
  readonly filling?: string;
}

const key = messageKey(Buffer.alloc(32, 1), 'engine');

/** A stream that answers as it is told, put by put; and refuses a put beyond the documented limits. */
function scripted(
  answer: (put: number, records: readonly StreamRecord[]) => readonly PutOutcome[],
) {
  const puts: (readonly StreamRecord[])[] = [];
  const put = (records: readonly StreamRecord[]): Promise<readonly PutOutcome[]> => {
    puts.push(records);
    const fault = putFault(records);
    if (fault !== undefined) return Promise.reject(new RecordStreamError(fault, false));
    return Promise.resolve().then(() => answer(puts.length - 1, records));
  };
  const publisher = messagePublisher<Message>(
    { put },
    () => key,
    ({ id }) => id,
  );
  return { puts, publisher };
}

const accept = (records: readonly StreamRecord[]): PutOutcome[] =>
  records.map((_, at) => ({ ok: true, shardId: 's', sequenceNumber: String(at) }));
const messages = (count: number, filling = '') =>
  Array.from({ length: count }, (_, at): Message => ({ id: `m-${at}`, filling }));

describe('publishing', () => {
  it('keeps to 500 records and 5 MiB a put, and loses none', async () => {
    const many = scripted((_, records) => accept(records));
    const outcomes = await many.publisher.publish(messages(1_234));
    expect(many.puts.map((put) => put.length)).toEqual([500, 500, 234]);
    expect(outcomes).toHaveLength(1_234);
    expect(outcomes.every(({ ok }) => ok)).toBe(true);

    const large = scripted((_, records) => accept(records));
    await large.publisher.publish(messages(20, 'x'.repeat(700_000)));
    expect(large.puts.map((put) => put.length)).toEqual([7, 7, 6]);
  });

  it('refuses a message that no put can hold, and sends the others', async () => {
    const { publisher, puts } = scripted((_, records) => accept(records));
    const outcomes = await publisher.publish([
      { id: 'a' },
      { id: 'b', filling: 'x'.repeat(PUT_LIMITS.recordBytes) },
      { id: 'c' },
      { id: 'd'.repeat(PUT_LIMITS.partitionKeyCharacters + 1) },
    ]);
    expect(outcomes.map((one) => (one.ok ? 'ok' : one.code))).toEqual([
      ...['ok', 'RecordTooLarge', 'ok', 'PartitionKeyTooLong'],
    ]);
    expect(puts[0]!.map(({ partitionKey }) => partitionKey)).toEqual(['a', 'c']);
  });

  it('tells of each record what the stream says of it', async () => {
    const code = 'ProvisionedThroughputExceededException';
    const { publisher } = scripted((_, records) =>
      accept(records).map((ok, at) => (at % 2 === 0 ? ok : { ok: false, code })),
    );
    const outcomes = await publisher.publish(messages(4));
    expect(outcomes.map((one) => (one.ok ? 'ok' : one.code))).toEqual(['ok', code, 'ok', code]);
  });

  it('goes no further once a put fails as a whole, and says so of all that were left', async () => {
    const { publisher, puts } = scripted((put, records) => {
      if (put === 1) throw new RecordStreamError('LimitExceededException', true);
      return accept(records);
    });
    const outcomes = await publisher.publish(messages(1_200));
    expect(puts).toHaveLength(2);
    expect(outcomes.filter(({ ok }) => ok)).toHaveLength(500);
    expect(outcomes.at(-1)).toEqual({ ok: false, code: 'LimitExceededException' });
  });

  it('throws only when none was accepted', async () => {
    const { publisher } = scripted(() => {
      throw new RecordStreamError('ResourceNotFoundException', false);
    });
    await expect(publisher.publish(messages(3))).rejects.toThrow('ResourceNotFoundException');
    expect(await publisher.publish([])).toEqual([]);
  });
});
