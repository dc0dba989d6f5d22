/** An event that is not Firehose's: no record of it could be answered. */
class MalformedEventError extends Error {
  override readonly name = 'MalformedEventError';
}

/** A record as far as it could be read. */
export interface EventRecord {
  recordId: string;
  /** Base64 as it came, or undefined where there is none: that record's failure alone. */
  data: string | undefined;
}

/**
 * Reads what Firehose sends a transform function, and no more of it than is used.
 * @throws {MalformedEventError} where there is no list of records or one has no id: to answer
 * without it would fail the whole batch in any case.
 */
export function readEvent(event: unknown): EventRecord[] {
  const records = member(event, 'records');
  if (!Array.isArray(records)) {
    throw new MalformedEventError('The event holds no list of records; is Firehose its source?');
  }
  return records.map((record: unknown, at) => {
    const recordId = member(record, 'recordId');
    if (typeof recordId !== 'string') {
      throw new MalformedEventError(`Record ${at} of the event has no recordId`);
    }
    const data = member(record, 'data');
    return { recordId, data: typeof data === 'string' ? data : undefined };
  });
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}
