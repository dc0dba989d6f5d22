import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { dynamodbSuppressionReader } from '../../lib/aws/suppression-changes.ts';
import { readSecretKey } from '../../lib/aws/secret-key.ts';
import { DataMapError } from '../../lib/core/data-map/define-data-map.ts';
import { deliveryPath } from '../../lib/core/data-map/delivery-path.ts';
import type { DataMap } from '../../lib/core/data-map/schema.ts';
import type { Clock } from '../../lib/core/ports/clock.ts';
import { BatchRedactor } from '../../lib/core/redaction/batch-redactor.ts';
import { compilePolicy } from '../../lib/core/redaction/policy.ts';

import { SuppressionSet } from '../../lib/core/suppression/suppression-set.ts';
import { type Env, EnvError } from '../runtime/env.ts';
import type { Log } from '../runtime/log.ts';
import { createSuppressionFeed, type SuppressionFeed } from '../runtime/suppression-feed.ts';
import { traced } from '../runtime/trace.ts';
import type { redactEventsEnv } from './env.ts';

/** A batch must not wait for a list or a key that does not answer: Firehose sends it again. */
const CLIENT = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
};

/** What the environment and the data map make of the redaction, on AWS. */
export interface Redaction {
  redactor: BatchRedactor;
  feed?: SuppressionFeed;
}

/**
 * Reads keys and connects the suppression list, once at cold start.
 * @throws {EnvError} {@link DataMapError} and what the secrets' reading throws: it cannot run so.
 */
export async function connectRedaction(
  map: DataMap,
  env: Env<typeof redactEventsEnv>,
  service: { name: string; clock: Clock; log: Log },
): Promise<Redaction> {
  const { SUPPRESSION_TABLE: table, SUPPRESSION_KEY_SECRET, HASH_KEY_SECRET } = env;
  const found = deliveryPath(map);
  if (!found.ok) throw new DataMapError(found.faults);
  const policy = compilePolicy(found.path.stream, map.identifiers);
  const faults = [
    ...(policy.needsHashKey && HASH_KEY_SECRET === undefined
      ? ['HASH_KEY_SECRET: is not set, but the data map hashes a field']
      : []),
    ...(table !== undefined && SUPPRESSION_KEY_SECRET === undefined
      ? ['SUPPRESSION_KEY_SECRET: is not set, but SUPPRESSION_TABLE is']
      : []),
  ];
  if (faults.length > 0) throw new EnvError(faults);

  const keyOf = (secret: string) =>
    readSecretKey(traced(service.name, new SecretsManagerClient(CLIENT)), secret);
  const hashing = HASH_KEY_SECRET === undefined ? {} : { hashKey: await keyOf(HASH_KEY_SECRET) };
  if (table === undefined || SUPPRESSION_KEY_SECRET === undefined) {
    return { redactor: new BatchRedactor(policy, hashing) };
  }
  const suppression = new SuppressionSet(await keyOf(SUPPRESSION_KEY_SECRET));
  const { clock, log } = service;
  const feed = createSuppressionFeed({
    list: dynamodbSuppressionReader(traced(service.name, new DynamoDBClient(CLIENT)), table, clock),
    set: suppression,
    clock,
    refreshAfter: env.SUPPRESSION_REFRESH_SECONDS * 1000,
    staleAfter: env.SUPPRESSION_STALE_SECONDS * 1000,
    onFailure: (error) => log.error('The suppression list could not be read', error),
  });
  return { redactor: new BatchRedactor(policy, { ...hashing, suppression }), feed };
}
