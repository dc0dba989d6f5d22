import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { MalformedEventError, member, type Placed, recordsOf } from './stream-batch.ts';

/** What a table's stream tells of one item that was written; removals are left out of it. */
export interface TableChange extends Placed {
  /** The item as it is now, attribute by attribute; undefined when it was removed. */
  readonly item: Readonly<Record<string, AttributeValue>> | undefined;
}

const SEQUENCE_NUMBER = /^\d{1,40}$/;

/**
 * Reads what a table's stream sends a function (NEW_IMAGE or NEW_AND_OLD_IMAGES).
 * @throws {MalformedEventError} where a record could not be answered.
 */
export function readTableEvent(event: unknown): readonly TableChange[] {
  return recordsOf(event, 'a DynamoDB stream').map((record, at) => {
    const change = member(record, 'dynamodb');
    const sequenceNumber = member(change, 'SequenceNumber');
    if (typeof sequenceNumber !== 'string' || !SEQUENCE_NUMBER.test(sequenceNumber)) {
      throw new MalformedEventError(`Record ${at} of the event has no sequence number`);
    }
    const image = member(change, 'NewImage');
    const item = typeof image === 'object' && image !== null ? withBytes(image) : undefined;
    return { sequenceNumber, item };
  });
}

/** Lambda writes binary attributes as base64. */
function withBytes(image: object): Record<string, AttributeValue> {
  return Object.fromEntries(
    Object.entries(image).map(([name, value]: [string, unknown]) => {
      const bytes = member(value, 'B');
      const attribute = typeof bytes === 'string' ? { B: Buffer.from(bytes, 'base64') } : value;
      return [name, attribute as AttributeValue];
    }),
  );
}
