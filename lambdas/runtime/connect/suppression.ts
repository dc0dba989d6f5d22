import { dynamodbSuppressionList } from '../../../lib/aws/dynamodb-suppression-list.ts';
import { dynamodbSuppressedTasks } from '../../../lib/aws/requests/dynamodb-suppressed-tasks.ts';
import type { DataMap, StreamStore } from '../../../lib/core/data-map/schema.ts';
import {
  type SuppressedStream,
  suppressedStream,
} from '../../../lib/core/suppression/suppressed-stream.ts';
import type { suppressionEnv } from '../engine-env.ts';
import { type Env, EnvError } from '../env.ts';
import { sleep } from '../sleep.ts';
import { clock, random } from './chance.ts';
import { dynamodbClient } from './clients.ts';
import { readKeys } from './secrets.ts';

/**
 * The event stream as a store, by its suppression list; undefined where the function has no part in it.
 * @throws {EnvError} where only some of the variables are set
 */
export async function connectSuppression(
  service: string,
  env: Env<typeof suppressionEnv>,
  dataMap: DataMap,
  stream: StreamStore,
): Promise<SuppressedStream | undefined> {
  const { SUPPRESSION_TABLE, SUPPRESSED_TABLE, SUPPRESSION_KEY_SECRET } = env;
  const named = { SUPPRESSION_TABLE, SUPPRESSED_TABLE, SUPPRESSION_KEY_SECRET };
  const missing = Object.entries(named).flatMap(([name, value]) =>
    value === undefined ? [name] : [],
  );
  if (missing.length === Object.keys(named).length) return undefined;
  if (
    SUPPRESSION_TABLE === undefined ||
    SUPPRESSED_TABLE === undefined ||
    SUPPRESSION_KEY_SECRET === undefined
  ) {
    throw new EnvError(
      missing.map((name) => `${name}: is not set, but others of suppression are; expected a text`),
    );
  }
  const client = dynamodbClient(service);
  const { suppressionKey } = await readKeys(service, { suppressionKey: SUPPRESSION_KEY_SECRET });
  return suppressedStream({
    list: dynamodbSuppressionList({
      client,
      tableName: SUPPRESSION_TABLE,
      clock,
      sleep,
      random: () => random.fraction(),
    }),
    memory: dynamodbSuppressedTasks({ client, tableName: SUPPRESSED_TABLE }),
    ...{ clock, dataMap, stream, suppressionKey },
    obeyedAfter: env.SUPPRESSION_OBEYED_SECONDS * 1_000,
  });
}
