import type { FirehoseTransformationEvent, FirehoseTransformationEventRecord } from 'aws-lambda';
import { TRANSFORM_ANSWER_LIMIT } from '../../core/delivery/transform-answer-size.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { ConsumedRecord } from '../file-record-stream.ts';
import { type ContractBreach, readAnswer, type RecordVerdict } from './transform-answer.ts';

/** The event's own fields around the records. */
const ENVELOPE_BYTES = 4096;
/** The first try and three more. Source: Firehose developer guide, failure in data transformation. */
const ATTEMPTS = 4;

export interface TransformSettings {
  deliveryStreamArn: string;
  sourceKinesisStreamArn: string;
  region: string;
  /** Upper bound of a batch's data, in bytes. @default 1 MiB */
  bufferBytes?: number;
}

export type Transform = (event: FirehoseTransformationEvent) => Promise<unknown>;

/** A record as the function gets it, beside the record as the stream has it. */
export interface PreparedRecord {
  source: ConsumedRecord;
  wire: FirehoseTransformationEventRecord;
}

function prepare(source: ConsumedRecord): PreparedRecord {
  const { shardId, partitionKey, sequenceNumber, approximateArrival, data } = source;
  return {
    source,
    wire: {
      // The same at every attempt, and unlike any other record's.
      recordId: `${sequenceNumber}000000`,
      approximateArrivalTimestamp: approximateArrival,
      data: Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64'),
      kinesisRecordMetadata: {
        sequenceNumber,
        subsequenceNumber: '',
        partitionKey,
        shardId,
        approximateArrivalTimestamp: approximateArrival,
      },
    },
  };
}

/** Parts records into batches, each within the buffer hint and the 6 MB that also bind the request. */
export function* partIntoBatches(
  records: readonly ConsumedRecord[],
  bufferBytes = 1024 * 1024,
): Generator<PreparedRecord[]> {
  let batch: PreparedRecord[] = [];
  let dataBytes = 0;
  let wireBytes = ENVELOPE_BYTES;
  for (const source of records) {
    const record = prepare(source);
    const size = Buffer.byteLength(JSON.stringify(record.wire)) + 1;
    const isFull =
      dataBytes + source.data.byteLength > bufferBytes || wireBytes + size > TRANSFORM_ANSWER_LIMIT;
    if (batch.length > 0 && isFull) {
      yield batch;
      batch = [];
      dataBytes = 0;
      wireBytes = ENVELOPE_BYTES;
    }
    batch.push(record);
    dataBytes += source.data.byteLength;
    wireBytes += size;
  }
  if (batch.length > 0) yield batch;
}

export interface TransformedRecord {
  source: ConsumedRecord;
  verdict: RecordVerdict;
  attemptsMade: number;
}

/**
 * Invokes the function on a batch as Firehose does: a failing invocation again up to three times,
 * with a new invocation id; then, or when the answer breaks the contract, every record is failed.
 */
export async function transformBatch(
  batch: readonly PreparedRecord[],
  transform: Transform,
  { deliveryStreamArn, sourceKinesisStreamArn, region }: TransformSettings,
  newId: () => string,
): Promise<TransformedRecord[]> {
  const recordIds = batch.map(({ wire }) => wire.recordId);
  let breach: ContractBreach = { code: 'Lambda.FunctionError', message: '' };
  for (let attemptsMade = 1; attemptsMade <= ATTEMPTS; attemptsMade += 1) {
    const records = batch.map(({ wire }) => wire);
    const event = {
      invocationId: newId(),
      deliveryStreamArn,
      sourceKinesisStreamArn,
      region,
      records,
    };
    const invoked = await invoke(transform, event);
    if (!invoked.ok) {
      breach = invoked.breach;
      continue;
    }
    const read = readAnswer(invoked.answer, recordIds);
    return batch.map(({ source, wire }) => ({
      source,
      attemptsMade,
      verdict: read.ok ? read.verdicts.get(wire.recordId)! : { kind: 'failed', ...read.breach },
    }));
  }
  return batch.map(({ source }) => ({
    source,
    attemptsMade: ATTEMPTS,
    verdict: { kind: 'failed', ...breach },
  }));
}

async function invoke(
  transform: Transform,
  event: FirehoseTransformationEvent,
): Promise<{ ok: true; answer: unknown } | { ok: false; breach: ContractBreach }> {
  const failed = (message: string) =>
    ({ ok: false, breach: { code: 'Lambda.FunctionError', message } }) as const;
  let text: string;
  try {
    // Through JSON, as between the services: what does not survive that is not answered.
    text = JSON.stringify((await transform(event)) ?? null);
  } catch {
    // Its message may quote an event: only that it failed is told.
    return failed('The Lambda function was successfully invoked but it returned an error result.');
  }
  if (Buffer.byteLength(text) > TRANSFORM_ANSWER_LIMIT) {
    return failed('Response payload size exceeded maximum allowed payload size (6291556 bytes).');
  }
  return { ok: true, answer: JSON.parse(text) as unknown };
}

/** A failed record as a line of an error object; `rawData` is personal data in clear. */
export function errorLine(
  { source, verdict, attemptsMade }: TransformedRecord & { verdict: { kind: 'failed' } },
  lambdaARN: string,
  clock: Clock,
): Uint8Array {
  const { data, approximateArrival } = source;
  const line = {
    attemptsMade,
    arrivalTimestamp: approximateArrival,
    errorCode: verdict.code,
    errorMessage: verdict.message,
    attemptEndingTimestamp: clock.now(),
    rawData: Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64'),
    lambdaARN,
  };
  return Buffer.from(`${JSON.stringify(line)}\n`);
}
