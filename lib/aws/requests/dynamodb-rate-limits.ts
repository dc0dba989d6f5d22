import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { createHmac } from 'node:crypto';
import type { RateLimitStore } from '../../core/rate-limits/token-bucket.ts';
import { PATIENCE, patiently, type Patience } from '../tables/retry.ts';

export interface DynamodbRateLimitsOptions {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  /** Callers are addresses of people: they stand in the table as keyed hashes. 32 bytes or more. */
  readonly hashKey: Uint8Array;
  /** @default pauses of up to a second, at random */
  readonly patience?: Patience;
}

/** A bucket is full again long before; in seconds. */
const KEPT = 3_600;

/**
 * Counts calls for all instances of a function on one DynamoDB table: `rate#<hash of the caller>` /
 * `rate`. The item holds the moment at which the bucket is full again; each call moves it on by a
 * token's time, in one conditional update and at most two, so that calls which meet all count. That is
 * the token bucket seen from its other end (the generic cell rate algorithm, ITU-T I.371).
 */
export function dynamodbRateLimits(options: DynamodbRateLimitsOptions): RateLimitStore {
  const { client, tableName, hashKey, patience = PATIENCE } = options;
  return {
    take: async (caller, { capacity, perSecond }, now) => {
      const hash = createHmac('sha256', hashKey).update(caller).digest('base64url');
      const token = 1_000 / perSecond;
      const latest = now + (capacity - 1) * token;
      /** Undefined when it was written; else the item's moment. */
      const update = async (change: string, condition: string, values: Record<string, number>) => {
        const command = new UpdateItemCommand({
          TableName: tableName,
          Key: { pk: { S: `rate#${hash}` }, sk: { S: 'rate' } },
          UpdateExpression: `SET fullAt = ${change}, expiresAt = :expiresAt`,
          ConditionExpression: condition,
          ExpressionAttributeValues: Object.fromEntries(
            Object.entries({ ...values, expiresAt: Math.ceil(now / 1_000) + KEPT }).map(
              ([name, value]) => [`:${name}`, { N: String(value) }],
            ),
          ),
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        });
        try {
          await patiently(() => client.send(command), patience);
          return undefined;
        } catch (error) {
          if (!(error instanceof ConditionalCheckFailedException)) throw error;
          return Number(error.Item?.['fullAt']?.N ?? now);
        }
      };
      const isFull = 'attribute_not_exists(fullAt) OR fullAt <= :now';
      if ((await update(':next', isFull, { now, next: now + token })) === undefined) {
        return { ok: true };
      }
      const fullAt = await update('fullAt + :token', 'fullAt <= :latest', { token, latest });
      if (fullAt === undefined) return { ok: true };
      return { ok: false, retryAfterSeconds: Math.max(1, Math.ceil((fullAt - latest) / 1_000)) };
    },
  };
}
