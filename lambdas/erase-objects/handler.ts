import { dynamodbErasureOrders } from '../../lib/aws/archive/dynamodb-erasure-orders.ts';
import type { BatchOutcome } from '../../lib/core/erasure/run/batch-steps.ts';
import { dynamodbClient } from '../runtime/connect/clients.ts';
import { connectRun } from '../runtime/connect/runs.ts';
import { readEnv } from '../runtime/env.ts';
import { createLog } from '../runtime/log.ts';
import { rememberCriteria } from '../runtime/run-orders.ts';
import { eraseObjectsEnv } from './env.ts';
import { eraseObjects, type EraseObjectsContext } from './erase-objects.ts';

const SERVICE = 'erase-objects';
const env = readEnv(eraseObjectsEnv, process.env);
const client = dynamodbClient(SERVICE);
const deps = {
  ...(await connectRun(SERVICE, env)),
  orders: dynamodbErasureOrders({ client, tableName: env.RUNS_TABLE }),
};
const context: EraseObjectsContext = {
  deps,
  criteriaOf: rememberCriteria(deps),
  log: createLog(SERVICE),
};

export const handler = (event: unknown): Promise<BatchOutcome> => eraseObjects(event, context);
