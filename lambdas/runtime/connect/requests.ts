import { dynamodbRequestStore } from '../../../lib/aws/requests/dynamodb-request-store.ts';
import type { RequestStore } from '../../../lib/core/ports/request-store.ts';
import { DEFAULT_RULES } from '../../../lib/core/requests/model/default-policy.ts';
import type { WritingDependencies } from '../../../lib/core/requests/verbs/dependencies.ts';
import type { requestsEnv } from '../engine-env.ts';
import type { Env } from '../env.ts';
import { policyOf } from '../policy-settings.ts';
import { clock, random } from './chance.ts';
import { dynamodbClient } from './clients.ts';

export function connectRequestStore(service: string, table: string): RequestStore {
  return dynamodbRequestStore({ client: dynamodbClient(service), tableName: table });
}

/** Requests, and what changes of them are decided by. */
export function connectRequests(
  service: string,
  env: Env<typeof requestsEnv>,
): WritingDependencies {
  return {
    requests: connectRequestStore(service, env.REQUESTS_TABLE),
    ...{ clock, random },
    policy: policyOf(env.POLICY),
    rules: DEFAULT_RULES,
  };
}
