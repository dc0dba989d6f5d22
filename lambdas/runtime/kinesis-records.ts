import { MalformedEventError, member, type Placed, recordsOf } from './stream-batch.ts';

/** A record as Kinesis hands it to a function. */
export interface KinesisRecord extends Placed {
  readonly shardId: string;
  readonly data: Uint8Array;
}

const SEQUENCE_NUMBER = /^\d{1,129}$/;
/** `shardId-000000000006:4959…`. Source: Lambda developer guide, "Using Lambda with Kinesis". */
const EVENT_ID = /^(shardId-\d{1,20}):\d+$/;

/**
 * Reads what Kinesis sends a function, and no more of it than is used.
 * @throws {MalformedEventError} where a record could not be answered: it has no place in a shard.
 */
export function readKinesisEvent(event: unknown): readonly KinesisRecord[] {
  return recordsOf(event, 'Kinesis').map((record, at) => {
    const kinesis = member(record, 'kinesis');
    const sequenceNumber = member(kinesis, 'sequenceNumber');
    if (typeof sequenceNumber !== 'string' || !SEQUENCE_NUMBER.test(sequenceNumber)) {
      throw new MalformedEventError(`Record ${at} of the event has no sequence number`);
    }
    const eventId = member(record, 'eventID');
    const shardId = (typeof eventId === 'string' ? EVENT_ID.exec(eventId)?.[1] : undefined) ?? '';
    const data = member(kinesis, 'data');
    return {
      sequenceNumber,
      shardId,
      data: Buffer.from(typeof data === 'string' ? data : '', 'base64'),
    };
  });
}
