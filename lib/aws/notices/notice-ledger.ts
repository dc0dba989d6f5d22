import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { Clock } from '../../core/ports/clock.ts';

/** How long a sender has for one notice, ms. Longer than any call may last, its time-outs included. */
export const LEASE = 2 * 60 * 1_000;
/** How long it is remembered that a notice was accepted, s: beyond any period of the law. */
const REMEMBERED = 400 * 24 * 60 * 60;

type Claim =
  /** Nobody else sends it until the lease is over. */
  | { readonly kind: 'claimed'; readonly settle: Settle }
  | { readonly kind: 'accepted' }
  | { readonly kind: 'undeliverable'; readonly code: string }
  /** Somebody is at it, or has died at it. */
  | { readonly kind: 'busy' };

interface Settle {
  /** It was accepted: nobody sends it ever again. */
  accepted(): Promise<void>;
  /** It never will arrive: nobody tries again. */
  undeliverable(code: string): Promise<void>;
  /** It was refused for sure, and may be sent again at once. */
  release(): Promise<void>;
}

/** Which notices were accepted: the memory by which each is sent once. */
export interface NoticeLedger {
  claim(dedupeKey: string): Promise<Claim>;
}

/**
 * The ledger in a DynamoDB table: partition key `dedupeKey` (string), time to live by `expiresAt`.
 * @param newClaimId A fresh text at each call, so that a sender who was too slow settles nothing.
 */
export function noticeLedger(
  client: DynamoDBClient,
  table: string,
  clock: Clock,
  newClaimId: () => string,
): NoticeLedger {
  return {
    claim: async (dedupeKey) => {
      const claimId = newClaimId();
      const now = clock.now();
      try {
        await client.send(
          new PutItemCommand({
            TableName: table,
            Item: {
              dedupeKey: { S: dedupeKey },
              claimId: { S: claimId },
              leaseUntil: { N: String(now + LEASE) },
              expiresAt: { N: String(Math.floor(now / 1_000) + REMEMBERED) },
            },
            ConditionExpression:
              'attribute_not_exists(dedupeKey) OR (attribute_not_exists(outcome) AND leaseUntil < :now)',
            ExpressionAttributeValues: { ':now': { N: String(now) } },
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        );
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        const outcome = error.Item?.['outcome']?.S;
        if (outcome === undefined) return { kind: 'busy' };
        return outcome === 'accepted'
          ? { kind: 'accepted' }
          : { kind: 'undeliverable', code: error.Item?.['code']?.S ?? 'undeliverable' };
      }
      return { kind: 'claimed', settle: settleOf(client, table, dedupeKey, claimId) };
    },
  };
}

function settleOf(
  client: DynamoDBClient,
  TableName: string,
  dedupeKey: string,
  claimId: string,
): Settle {
  const mine = {
    TableName,
    Key: { dedupeKey: { S: dedupeKey } },
    ConditionExpression: 'claimId = :claim',
  };
  const note = (outcome: string, code: string) =>
    unlessTaken(
      client.send(
        new UpdateItemCommand({
          ...mine,
          UpdateExpression: 'SET outcome = :outcome, code = :code',
          ExpressionAttributeValues: {
            ':claim': { S: claimId },
            ':outcome': { S: outcome },
            ':code': { S: code },
          },
        }),
      ),
    );
  return {
    accepted: () => note('accepted', 'ok'),
    undeliverable: (code) => note('undeliverable', code),
    release: () =>
      unlessTaken(
        client.send(
          new DeleteItemCommand({
            ...mine,
            ExpressionAttributeValues: { ':claim': { S: claimId } },
          }),
        ),
      ),
  };
}

/** Whose lease was taken over has nothing to settle any more. */
async function unlessTaken(write: Promise<unknown>): Promise<void> {
  try {
    await write;
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
}
