import {
  type CancellationReason,
  type DynamoDBClient,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  type TransactWriteItem,
} from '@aws-sdk/client-dynamodb';
import { randomUUID } from 'node:crypto';
import { patiently, pauseBefore, type Patience } from './retry.ts';

/** Source: DynamoDB developer guide, "Amazon DynamoDB Transactions: How it works". */
const MOST_ITEMS = 100;
/** Times that a transaction is tried again which met another one. */
const MOST_MEETINGS = 8;

/** Codes after which the same transaction may do a moment later. */
const MEETING = new Set([
  'TransactionConflict',
  'ThrottlingError',
  'ProvisionedThroughputExceeded',
]);

export type TransactionOutcome =
  | { readonly kind: 'written' }
  /** Conditions did not hold; one reason for each item, in their order. Nothing was written. */
  | { readonly kind: 'refused'; readonly reasons: readonly CancellationReason[] }
  /** Others kept writing the same items. Nothing was written. */
  | { readonly kind: 'contended' };

/**
 * Writes all of the items or none. A transaction that met another is made again; one whose answer was
 * lost is answered as it was, since all attempts at it carry the same token.
 * @throws {RangeError} for more items than a transaction takes
 */
export async function transact(
  client: DynamoDBClient,
  items: readonly TransactWriteItem[],
  patience: Patience,
): Promise<TransactionOutcome> {
  if (items.length > MOST_ITEMS) {
    throw new RangeError(
      `A transaction takes ${MOST_ITEMS} items, and this one has ${items.length}`,
    );
  }
  if (items.length === 0) return { kind: 'written' };
  for (let meeting = 1; meeting <= MOST_MEETINGS; meeting++) {
    try {
      // One token for all attempts, ours and the SDK's: after a 500 the write may stand, and only the
      // same token is answered as it was. Source: API reference, TransactWriteItems, "Idempotency".
      const command = new TransactWriteItemsCommand({
        TransactItems: [...items],
        ClientRequestToken: randomUUID(),
      });
      await patiently(() => client.send(command), patience);
      return { kind: 'written' };
    } catch (error) {
      if (!(error instanceof TransactionCanceledException)) throw error;
      const { CancellationReasons: reasons = [] } = error;
      if (reasons.some(({ Code }) => Code === 'ConditionalCheckFailed')) {
        return { kind: 'refused', reasons };
      }
      // A reason such as ValidationError is a fault of ours, and stays one.
      if (!reasons.some(({ Code }) => Code !== undefined && MEETING.has(Code))) throw error;
    }
    await pauseBefore(meeting, patience);
  }
  return { kind: 'contended' };
}

/** Whether the item at this place of the transaction was refused by its condition. */
export function isRefused(reason: CancellationReason | undefined): boolean {
  return reason?.Code === 'ConditionalCheckFailed';
}
