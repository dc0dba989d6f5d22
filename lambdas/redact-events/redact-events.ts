import type { Clock } from '../../lib/core/ports/clock.ts';
import type { BatchOutcome, BatchRedactor } from '../../lib/core/redaction/batch-redactor.ts';
import type { FailureReason } from '../../lib/core/redaction/redactor.ts';
import type { Log } from '../runtime/log.ts';
import type { Meter } from '../runtime/metrics.ts';
import type { SuppressionFeed } from '../runtime/suppression-feed.ts';
import { type AnswerRecord, fitAnswer } from './answer.ts';
import { type EventRecord, readEvent } from './event.ts';

export interface RedactEventsContext {
  redactor: Pick<BatchRedactor, 'redact'>;
  /** Keeps the redactor's suppression set up to date. @default nobody is suppressed */
  feed?: SuppressionFeed;
  clock: Clock;
  log: Log;
  meter: Meter;
}

/** Stands for data that is none: no base64, so the redactor fails it. */
const NO_DATA = '!';

interface Tally {
  kept: number;
  redacted: number;
  bytesIn: number;
  failures: Partial<Record<FailureReason, number>>;
}

/**
 * Redacts what a delivery stream sends before it is stored. Answers every recordId once, in order:
 * `Ok` with the record as it may be stored, ending in one newline, or `ProcessingFailed` with the
 * record as it came. One record's failure is never another's. Records that a producer aggregated
 * come here apart: Firehose de-aggregates before it transforms; a blob that is aggregated all the
 * same is no JSON, and fails alone.
 * @param event a FirehoseTransformationEvent.
 * @throws {MalformedEventError} where no record could be answered.
 * @throws {SuppressionListUnavailableError} where somebody on the list might be missed; Firehose
 * sends the batch again.
 */
export async function redactEvents(
  event: unknown,
  { redactor, feed, clock, log, meter }: RedactEventsContext,
): Promise<{ records: AnswerRecord[] }> {
  const startedAt = clock.now();
  const source = readEvent(event);
  const staleMilliseconds = (await feed?.refresh()) ?? 0;
  const nowIso = new Date(clock.now()).toISOString();
  const tally: Tally = { kept: 0, redacted: 0, bytesIn: 0, failures: {} };
  const outcomes = redactor.redact(
    source.map(({ data }) => data ?? NO_DATA),
    nowIso,
  );
  const records = source.map((record, at) => answerOf(record, outcomes[at]!, tally));
  const failed = source.length - tally.kept - tally.redacted;
  const failedForRoom = fitAnswer(records);

  const bytesOut = records.reduce(
    (sum, { result, data }) => sum + (result === 'Ok' ? decodedBytes(data) : 0),
    0,
  );
  log.info('Events redacted', {
    records: source.length,
    kept: tally.kept,
    redacted: tally.redacted,
    failed,
    failedForRoom,
    failures: tally.failures,
    bytesIn: tally.bytesIn,
    bytesOut,
    staleMilliseconds,
    milliseconds: clock.now() - startedAt,
  });
  meter.add('RecordsKept', tally.kept);
  meter.add('RecordsRedacted', tally.redacted);
  meter.add('RecordsFailed', failed + failedForRoom);
  meter.add('RecordsFailedForRoom', failedForRoom);
  meter.add('BytesIn', tally.bytesIn);
  meter.add('BytesOut', bytesOut);
  if (feed !== undefined) meter.add('SuppressionStaleness', staleMilliseconds);
  meter.publish();
  return { records };
}

function answerOf(
  { recordId, data }: EventRecord,
  outcome: BatchOutcome,
  tally: Tally,
): AnswerRecord {
  tally.bytesIn += decodedBytes(data);
  if (outcome.kind === 'failed') {
    tally.failures[outcome.reason] = (tally.failures[outcome.reason] ?? 0) + 1;
    return data === undefined
      ? { recordId, result: 'ProcessingFailed' }
      : { recordId, result: 'ProcessingFailed', data };
  }
  tally[outcome.kind] += 1;
  return { recordId, result: 'Ok', data: outcome.data };
}

/** How many bytes base64 stands for, without decoding it. */
function decodedBytes(data = ''): number {
  const padding = data.endsWith('==') ? 2 : data.endsWith('=') ? 1 : 0;
  return Math.max(0, Math.floor((data.length * 3) / 4) - padding);
}
