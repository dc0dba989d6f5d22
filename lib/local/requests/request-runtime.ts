import type { LetterStream } from '../../core/ports/dead-letters.ts';
import type { ChangeEvent } from '../../core/ports/record-table.ts';
import type { MessagePublisher } from '../../core/requests/messages/publish-messages.ts';
import { readEvent, readOrder } from '../../core/requests/messages/read-message.ts';
import type { OpenMessage } from '../../core/requests/messages/signed-message.ts';
import type { TaskEvent } from '../../core/requests/model/task-event.ts';
import type { EngineDependencies } from '../../core/requests/verbs/dependencies.ts';
import { executeArea } from '../../core/requests/verbs/execute-area.ts';
import { mergeEvents, type MergeOutcome } from '../../core/requests/verbs/merge-events.ts';
import { watchDeadlines } from '../../core/requests/verbs/watch-deadlines.ts';
import type { ConsumedRecord, FileRecordStream } from '../file-record-stream.ts';
import type { ChangeOutbox } from '../tables/lmdb-record-table.ts';
import { consumeStream, type ConsumerOptions, type RecordVerdict } from './consume-stream.ts';
import { Doorbell } from './doorbell.ts';
import { repeatLoop } from './repeat-loop.ts';
import { runTogether } from './run-together.ts';

/** What wakes which loop. */
export interface Bells {
  readonly requests: Doorbell;
  readonly events: Doorbell;
  readonly changes: Doorbell;
  /** By area. */
  readonly areas: ReadonlyMap<string, Doorbell>;
}

export interface RuntimeOptions {
  readonly deps: EngineDependencies;
  readonly tasks: FileRecordStream;
  readonly events: FileRecordStream;
  readonly changes: ChangeOutbox;
  /** Puts the services' change events on the events stream, signed. */
  readonly changeStream: MessagePublisher<ChangeEvent>;
  /** Proves who sent what is on the streams. */
  readonly open: OpenMessage;
  readonly bells: Bells;
  readonly bury: (
    from: { readonly consumer: string; readonly stream: LetterStream },
    record: ConsumedRecord,
    reason: string,
  ) => Promise<void>;
  /** Told of faults that a loop survives, by the error's class. */
  readonly onFault: (loop: string, errorName: string) => void;
}

/** Requests looked at in one round of the watcher. */
const ROUND = 100;
/** How often the watcher looks at the clock, ms; a write wakes it at once. */
const WATCH = 250;
/** How often the change events are looked for, ms; each service call wakes their relay. */
const CHANGES = 250;
const CHANGES_AT_ONCE = 100;
/** How often handled records are taken out of the streams, and how long they stay at least, ms. */
const TRIM = 60_000;
const RETENTION = 24 * 60 * 60 * 1_000;

/**
 * Drives requests with the engine's own verbs until the signal aborts: one executor per area, the
 * completion, the relay of the services' change events, and the watcher, which orchestrates, relays,
 * concludes and closes whatever is due. All state is in tables and streams, so each loop begins
 * anywhere.
 */
export async function runRequests(options: RuntimeOptions, signal: AbortSignal): Promise<void> {
  const { bells, onFault } = options;
  const areas = [...bells.areas];
  const consumers = [
    ...areas.map(([area, bell]) => executorOf(options, area, bell)),
    completion(options),
  ];
  const loop =
    (name: string, bell: Doorbell, every: number, work: () => Promise<boolean>) =>
    (until: AbortSignal): Promise<void> =>
      repeatLoop({ bell, every, work, onFault: (errorName) => onFault(name, errorName) }, until);
  await runTogether(
    [
      ...consumers.map((consumer) => (until: AbortSignal) => consumeStream(consumer, until)),
      loop('watcher', bells.requests, WATCH, () => watch(options)),
      loop('changes', bells.changes, CHANGES, () => relayChanges(options)),
      loop('trim', new Doorbell(), TRIM, () => trimStreams(options, consumers)),
    ],
    signal,
  );
}

function executorOf(
  { deps, tasks, open, bury }: RuntimeOptions,
  area: string,
  bell: Doorbell,
): ConsumerOptions {
  const consumer = `executor-${area}`;
  const handleOne = async ({ data }: ConsumedRecord): Promise<RecordVerdict> => {
    const read = readOrder(open, data);
    if (read.kind !== 'message') return refusal(read);
    if (read.message.area !== area) return { kind: 'done' };
    const outcome = await executeArea(deps, read.message);
    return outcome.kind === 'again' ? outcome : { kind: 'done' };
  };
  return {
    ...{ stream: tasks, consumer, bell },
    bury: (record, code) => bury({ consumer, stream: 'tasks' }, record, code),
    handle: async (records) => {
      const verdicts: RecordVerdict[] = [];
      for (const record of records) {
        verdicts.push(
          await handleOne(record).catch((error: unknown) => ({
            kind: 'again' as const,
            code: error instanceof Error ? error.name : 'unknown',
          })),
        );
      }
      return verdicts;
    },
  };
}

function completion({ deps, events, bells, open, bury }: RuntimeOptions): ConsumerOptions {
  const consumer = 'completion';
  return {
    ...{ stream: events, consumer, bell: bells.events },
    bury: (record, code) => bury({ consumer, stream: 'events' }, record, code),
    handle: async (records) => {
      const read = records.map(({ data }) => readEvent(open, data));
      const messages = read.flatMap((one) => (one.kind === 'message' ? [one.message] : []));
      const outcomes = await mergeEvents(deps, messages);
      const byEvent = new Map<TaskEvent, MergeOutcome>(
        messages.map((message, at) => [message, outcomes[at]!]),
      );
      return read.map((one): RecordVerdict => {
        if (one.kind !== 'message') return refusal(one);
        const outcome = byEvent.get(one.message);
        if (outcome === 'again') return { kind: 'again', code: 'not-written' };
        return outcome === 'unknown' ? { kind: 'dead', code: 'unknown' } : { kind: 'done' };
      });
    },
  };
}

/** What it writes rings its own bell: as long as there is progress, the next round comes at once. */
async function watch({ deps, onFault }: RuntimeOptions): Promise<boolean> {
  const { failed } = await watchDeadlines(deps, ROUND);
  for (const dsrId of failed) onFault('watcher', `request ${dsrId}`);
  return false;
}

/** Answers whether there may be more to do at once. */
async function relayChanges({ changes, changeStream, bells }: RuntimeOptions): Promise<boolean> {
  const waiting = changes.oldest(CHANGES_AT_ONCE);
  if (waiting.length === 0) return false;
  const outcomes = await changeStream.publish(waiting.map(({ event }) => event));
  const accepted = waiting.filter((_, at) => outcomes[at]?.ok === true);
  changes.remove(accepted.map(({ seq }) => seq));
  bells.events.ring();
  return accepted.length > 0;
}

/** Takes out what all consumers of a stream are done with. */
async function trimStreams(
  { tasks, events }: RuntimeOptions,
  consumers: readonly ConsumerOptions[],
): Promise<boolean> {
  for (const stream of [tasks, events]) {
    const readers = consumers.filter((consumer) => consumer.stream === stream);
    const taken = await Promise.all(readers.map(({ consumer }) => stream.checkpoint(consumer)));
    const done: Record<string, string> = {};
    for (const shardId of Object.keys(taken[0] ?? {})) {
      const places = taken.map((checkpoint) => checkpoint[shardId] ?? '').sort();
      // The slowest consumer's; sequence numbers have one length, so text sorts as numbers do.
      if (places[0] !== undefined && places[0] !== '') done[shardId] = places[0];
    }
    await stream.trim(done, RETENTION);
  }
  return false;
}

/** Of what is no message of ours: to be passed over, or put aside. */
function refusal(
  read: { readonly kind: 'unrelated' } | { readonly kind: 'dead'; readonly reason: string },
): RecordVerdict {
  return read.kind === 'unrelated' ? { kind: 'done' } : { kind: 'dead', code: read.reason };
}
