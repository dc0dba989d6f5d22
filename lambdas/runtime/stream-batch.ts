import type { KinesisStreamBatchResponse } from 'aws-lambda';

/** An event that is not the stream's: no record of it could be answered. */
export class MalformedEventError extends Error {
  override readonly name = 'MalformedEventError';
}

/** What became of one record. */
export type Verdict =
  | { readonly kind: 'done' }
  /** To be delivered again. */
  | { readonly kind: 'again'; readonly code: string }
  /** No delivery will ever do: into the dead letters. `reason` repeats nothing of the record. */
  | { readonly kind: 'dead'; readonly reason: string };

/** A record of a stream, by its place in its shard. */
export interface Placed {
  readonly sequenceNumber: string;
}

/**
 * Tells Lambda where to begin again: at the first record that is to come again, whatever became of
 * those after it. They come twice, which every verb behind a stream must bear in any case.
 * Source: Lambda developer guide, "Configuring partial batch response with Kinesis".
 */
export function batchAnswer(
  records: readonly Placed[],
  verdicts: readonly Verdict[],
): KinesisStreamBatchResponse {
  const at = verdicts.findIndex(({ kind }) => kind !== 'done');
  const first = records[at];
  return {
    batchItemFailures: first === undefined ? [] : [{ itemIdentifier: first.sequenceNumber }],
  };
}

/** The list of records that an event must hold. @throws {MalformedEventError} */
export function recordsOf(event: unknown, source: string): readonly unknown[] {
  const records = member(event, 'Records');
  if (!Array.isArray(records)) {
    throw new MalformedEventError(`The event holds no list of records; is ${source} its source?`);
  }
  return records;
}

export function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}
