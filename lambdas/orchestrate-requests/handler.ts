import type { Context, DynamoDBBatchResponse } from 'aws-lambda';
import { dataMap } from '../../lib/data-map.ts';
import { connectDrive } from '../runtime/connect/drive.ts';
import { requestIdOf } from '../../lib/aws/requests/request-items.ts';
import { readEnv } from '../runtime/env.ts';
import { createLog } from '../runtime/log.ts';
import { createMeter } from '../runtime/metrics.ts';
import { orchestrateRequestsEnv } from './env.ts';
import { orchestrateRequests, type OrchestrateContext } from './orchestrate-requests.ts';

const SERVICE = 'orchestrate-requests';
const env = readEnv(orchestrateRequestsEnv, process.env);
const { deps } = await connectDrive(SERVICE, env, dataMap);

const context: OrchestrateContext = {
  deps,
  requestIdOf,
  log: createLog(SERVICE),
  meter: createMeter(SERVICE),
};

export const handler = (event: unknown, lambda: Context): Promise<DynamoDBBatchResponse> =>
  orchestrateRequests(event, () => lambda.getRemainingTimeInMillis(), context);
