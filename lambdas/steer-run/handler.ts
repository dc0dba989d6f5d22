import { DescribeExecutionCommand, SFNClient } from '@aws-sdk/client-sfn';
import { dynamodbErasureOrders } from '../../lib/aws/archive/dynamodb-erasure-orders.ts';
import { dynamodbRunLease } from '../../lib/aws/archive/run-lease.ts';
import { s3ObjectStore } from '../../lib/aws/s3-object-store.ts';
import { dataMap } from '../../lib/data-map.ts';
import { clock } from '../runtime/connect/chance.ts';
import { dynamodbClient, s3Client } from '../runtime/connect/clients.ts';
import { connectRun, connectSigner } from '../runtime/connect/runs.ts';
import { readEnv } from '../runtime/env.ts';
import { createLog } from '../runtime/log.ts';
import { traced } from '../runtime/trace.ts';
import { servedArchive } from './archive.ts';
import { steerRunEnv } from './env.ts';
import { steerRun, type SteerRunContext } from './steer-run.ts';
import type { Turn } from './turn.ts';

const SERVICE = 'steer-run';
const env = readEnv(steerRunEnv, process.env);
const client = dynamodbClient(SERVICE);
const executions = traced(SERVICE, new SFNClient({}));
const table = { client, tableName: env.RUNS_TABLE };
const signer = await connectSigner(SERVICE, env);

const context: Omit<SteerRunContext, 'until'> = {
  deps: {
    ...(await connectRun(SERVICE, env, { signer })),
    orders: dynamodbErasureOrders(table),
  },
  archive: servedArchive(dataMap, env),
  lease: dynamodbRunLease({
    ...table,
    isAtWork: async (executionArn) => {
      const { status } = await executions.send(new DescribeExecutionCommand({ executionArn }));
      return status === 'RUNNING';
    },
  }),
  files: s3ObjectStore(s3Client(SERVICE), env.RUN_FILES_BUCKET),
  log: createLog(SERVICE),
};

/** For what a call has under way when it is to leave the rest to the next; ms. */
const TO_END = 120_000;

export const handler = (
  event: unknown,
  call: { getRemainingTimeInMillis(): number },
): Promise<Turn> =>
  steerRun(event, { ...context, until: clock.now() + call.getRemainingTimeInMillis() - TO_END });
