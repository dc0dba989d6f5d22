import {
  PUT_LIMITS,
  putFault,
  recordBytes,
  RecordStreamError,
  type RecordStream,
  type StreamRecord,
} from '../../ports/record-stream.ts';
import type { PublishOutcome } from '../../ports/task-stream.ts';
import type { MessageKey } from './message-keys.ts';
import { signMessage } from './signed-message.ts';

/** Signed messages on a record stream. */
export interface MessagePublisher<Message> {
  /** One outcome per message, in their order. Throws only if none was accepted. */
  publish(messages: readonly Message[]): Promise<readonly PublishOutcome[]>;
}

interface Waiting {
  readonly at: number;
  readonly record: StreamRecord;
}

/**
 * Signs messages and puts them on a stream, in as few puts as {@link PUT_LIMITS} allows; those of one
 * request come into one shard. A message that no put can hold is refused by itself.
 */
export function messagePublisher<Message extends object>(
  stream: Pick<RecordStream, 'put'>,
  keyOf: (message: Message) => MessageKey,
  partitionKeyOf: (message: Message) => string,
): MessagePublisher<Message> {
  return {
    publish: async (messages) => {
      const records = messages.map((message): StreamRecord => ({
        partitionKey: partitionKeyOf(message),
        data: signMessage(keyOf(message), message),
      }));
      const outcomes = records.map((record): PublishOutcome => {
        const code = putFault([record]);
        return code === undefined ? UNSENT : { ok: false, code };
      });
      let failure: RecordStreamError | undefined;
      for (const put of intoPuts(records)) {
        const accepted = failure ?? (await tryPut(stream, put));
        if (accepted instanceof RecordStreamError) failure = accepted;
        for (const [index, { at }] of put.entries()) {
          outcomes[at] =
            accepted instanceof RecordStreamError
              ? { ok: false, code: accepted.code }
              : (accepted[index] ?? UNSENT);
        }
      }
      if (failure !== undefined && !outcomes.some(({ ok }) => ok)) throw failure;
      return outcomes;
    },
  };
}

const UNSENT: PublishOutcome = { ok: false, code: 'NoOutcome' };

/** Without those that no put can hold. */
function* intoPuts(records: readonly StreamRecord[]): Generator<readonly Waiting[]> {
  let put: Waiting[] = [];
  let bytes = 0;
  for (const [at, record] of records.entries()) {
    if (putFault([record]) !== undefined) continue;
    const size = recordBytes(record);
    if (put.length === PUT_LIMITS.records || bytes + size > PUT_LIMITS.bytes) {
      yield put;
      put = [];
      bytes = 0;
    }
    put.push({ at, record });
    bytes += size;
  }
  if (put.length > 0) yield put;
}

async function tryPut(
  stream: Pick<RecordStream, 'put'>,
  put: readonly Waiting[],
): Promise<readonly PublishOutcome[] | RecordStreamError> {
  try {
    const outcomes = await stream.put(put.map(({ record }) => record));
    return outcomes.map((outcome) =>
      outcome.ok ? { ok: true } : { ok: false, code: outcome.code },
    );
  } catch (error) {
    if (error instanceof RecordStreamError) return error;
    throw error;
  }
}
