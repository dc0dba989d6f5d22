import { dynamodbErasureOrders } from '../../lib/aws/archive/dynamodb-erasure-orders.ts';
import type { BatchOutcome } from '../../lib/core/erasure/run/batch-steps.ts';
import { dynamodbClient } from '../runtime/connect/clients.ts';
import { connectFilters, connectRun } from '../runtime/connect/runs.ts';
import { readEnv } from '../runtime/env.ts';
import { createLog } from '../runtime/log.ts';
import { rememberCriteria } from '../runtime/run-orders.ts';
import { searchObjectsEnv } from './env.ts';
import { searchObjects, type SearchObjectsContext } from './search-objects.ts';

const SERVICE = 'search-objects';
const env = readEnv(searchObjectsEnv, process.env);
const client = dynamodbClient(SERVICE);
const deps = {
  ...(await connectRun(SERVICE, env, { filters: await connectFilters(SERVICE, env) })),
  orders: dynamodbErasureOrders({ client, tableName: env.RUNS_TABLE }),
};
const context: SearchObjectsContext = {
  deps,
  criteriaOf: rememberCriteria(deps),
  log: createLog(SERVICE),
};

export const handler = (event: unknown): Promise<BatchOutcome> => searchObjects(event, context);
