import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { SuppressionChange, SuppressionEntry } from '../core/ports/suppression-list.ts';

export type Item = Record<string, AttributeValue>;

/**
 * The table of the suppression list: partition key `pk`, sort key `sk`, both strings; time to live
 * `expiresAt`. Three kinds of items:
 * - `head`: the number of the last change.
 * - `subject#<hash>` / `<requestId>`: one entry in force and the number of the change that added it.
 * - `changes#<block>` / `<number>`: the changes in order. A block holds 4,096, so that a million are
 *   read from hundreds of partitions at once.
 */
const BLOCK = 4_096;
/** Numbers compare as text when equally long; 16 digits hold every safe integer. */
const DIGITS = 16;

export const HEAD_KEY: Item = { pk: { S: 'head' }, sk: { S: 'head' } };

export function blockOf(sequence: number): number {
  return Math.floor(sequence / BLOCK);
}

/** The last number that a block may hold. */
export function lastOf(block: number): number {
  return (block + 1) * BLOCK - 1;
}

export function blockKey(block: number): AttributeValue.SMember {
  return { S: `changes#${block}` };
}

export function sortKey(sequence: number): AttributeValue.SMember {
  return { S: String(sequence).padStart(DIGITS, '0') };
}

export function changeKey(sequence: number): Item {
  return { pk: blockKey(blockOf(sequence)), sk: sortKey(sequence) };
}

export function entryKey(subjectHash: string, requestId: string): Item {
  return { pk: { S: `subject#${subjectHash}` }, sk: { S: requestId } };
}

/** An entry and its change carry the same; DynamoDB takes both away some time after the lapse. */
export function entryFields({ subjectHash, reason, requestId, lapsesAt }: SuppressionEntry): Item {
  return {
    subjectHash: { S: subjectHash },
    requestId: { S: requestId },
    reason: { S: reason },
    ...(lapsesAt === undefined
      ? {}
      : { lapsesAt: { N: String(lapsesAt) }, expiresAt: inSeconds(lapsesAt) }),
  };
}

/** Time to live counts whole seconds; rounded up, nothing goes too early. */
export function inSeconds(milliseconds: number): AttributeValue.NMember {
  return { N: String(Math.ceil(milliseconds / 1000)) };
}

export function numberOf(value: AttributeValue | undefined): number | undefined {
  return value?.N === undefined ? undefined : Number(value.N);
}

export function sequenceOf(item: Item): number {
  return Number(item['sk']?.S);
}

/** @throws {TypeError} where an item is not one of this list's: somebody else wrote the table. */
export function changeOf(item: Item): SuppressionChange {
  const subjectHash = item['subjectHash']?.S;
  const requestId = item['requestId']?.S;
  const reason = item['reason']?.S;
  if (subjectHash === undefined || requestId === undefined) {
    throw new TypeError('The suppression table holds a change without subject or request');
  }
  if (reason === undefined) return { kind: 'lifted', subjectHash, requestId };
  if (reason !== 'erasure' && reason !== 'restriction' && reason !== 'objection') {
    throw new TypeError('The suppression table holds a change with an unknown reason');
  }
  const lapsesAt = numberOf(item['lapsesAt']);
  return {
    kind: 'added',
    entry: { subjectHash, requestId, reason, ...(lapsesAt === undefined ? {} : { lapsesAt }) },
  };
}

export function sameEntry(item: Item, entry: SuppressionEntry): boolean {
  return item['reason']?.S === entry.reason && numberOf(item['lapsesAt']) === entry.lapsesAt;
}
