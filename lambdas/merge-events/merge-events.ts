import type { KinesisStreamBatchResponse } from 'aws-lambda';
import { type ReadMessage, readEvent } from '../../lib/core/requests/messages/read-message.ts';
import type { OpenMessage } from '../../lib/core/requests/messages/signed-message.ts';
import type { TaskEvent } from '../../lib/core/requests/model/task-event.ts';
import type { WritingDependencies } from '../../lib/core/requests/verbs/dependencies.ts';
import {
  mergeEvents as mergeAll,
  type MergeOutcome,
} from '../../lib/core/requests/verbs/merge-events.ts';
import { readKinesisEvent } from '../runtime/kinesis-records.ts';
import type { Log } from '../runtime/log.ts';
import { type Bury, buryDead, tally } from '../runtime/messages.ts';
import type { Meter } from '../runtime/metrics.ts';
import { batchAnswer, type Verdict } from '../runtime/stream-batch.ts';

export interface MergeEventsContext {
  deps: WritingDependencies;
  /** Reads a message and proves who sent it. */
  open: OpenMessage;
  bury: Bury;
  log: Log;
  meter: Meter;
}

/**
 * The completion function: merges executors' status events and services' change events into their
 * requests, one write for all of a request's. Ordinary change events are passed over; unknown,
 * malformed and wrongly signed ones go to the dead letters.
 * @param event a Kinesis event of the events stream
 */
export async function mergeEvents(
  event: unknown,
  context: MergeEventsContext,
): Promise<KinesisStreamBatchResponse> {
  const { bury, log, meter } = context;
  const records = readKinesisEvent(event);
  const read = records.map(({ data }) => readEvent(context.open, data));
  const { outcomes, ...merging } = await merge(read, context);
  const judged = read.map((one): Verdict => {
    if (one.kind === 'unrelated') return { kind: 'done' };
    return one.kind === 'dead' ? one : verdictOf(outcomes.get(one.message));
  });
  const { verdicts, buried } = await buryDead(records, judged, bury);
  const dead = judged.flatMap((one) => (one.kind === 'dead' ? [one.reason] : []));
  const again = verdicts.flatMap((one) => (one.kind === 'again' ? [one.code] : []));
  log.info('Events merged', {
    ...{ records: records.length, ...merging, buried, again: again.length },
    failures: tally([...dead, ...again]),
  });
  meter.add('EventsMerged', merging.merged);
  meter.add('LettersBuried', buried);
  meter.add('MessagesAgain', again.length);
  meter.publish();
  return batchAnswer(records, verdicts);
}

async function merge(
  read: readonly ReadMessage<TaskEvent>[],
  { deps, log }: Pick<MergeEventsContext, 'deps' | 'log'>,
): Promise<{ outcomes: Map<TaskEvent, MergeOutcome>; merged: number; ignored: number }> {
  const outcomes = new Map<TaskEvent, MergeOutcome>();
  const events = read.flatMap((one) => (one.kind === 'message' ? [one.message] : []));
  // Request by request, so that what one of them throws leaves the others merged.
  for (const dsrId of new Set(events.map((event) => event.dsrId))) {
    const group = events.filter((event) => event.dsrId === dsrId);
    try {
      const merged = await mergeAll(deps, group);
      for (const [at, event] of group.entries()) outcomes.set(event, merged[at]!);
    } catch (error) {
      log.error('Events could not be merged', error);
    }
  }
  const count = (wanted: MergeOutcome): number =>
    [...outcomes.values()].filter((outcome) => outcome === wanted).length;
  return { outcomes, merged: count('merged'), ignored: count('ignored') };
}

function verdictOf(outcome: MergeOutcome | undefined): Verdict {
  switch (outcome) {
    case 'merged':
    case 'ignored':
      return { kind: 'done' };
    case 'unknown':
      return { kind: 'dead', reason: 'unknown' };
    case 'again':
    case undefined:
      return { kind: 'again', code: 'not-written' };
  }
}
