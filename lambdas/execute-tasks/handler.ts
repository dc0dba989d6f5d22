import type { Context, KinesisStreamBatchResponse } from 'aws-lambda';
import { createKinesisClient } from '../../lib/aws/kinesis-record-stream.ts';
import { kinesisEventStream } from '../../lib/aws/messaging/kinesis-event-stream.ts';
import { fetchGatheredOnAws } from '../../lib/aws/packages/fetch-gathered.ts';
import { s3ObjectStore } from '../../lib/aws/s3-object-store.ts';
import { objectGatheredStore } from '../../lib/core/access-package/object-gathered-store.ts';
import { dataMap } from '../../lib/data-map.ts';
import { random } from '../runtime/connect/chance.ts';
import { s3Client } from '../runtime/connect/clients.ts';
import { connectKeys } from '../runtime/connect/keys.ts';
import { buryAs, connectLetters } from '../runtime/connect/letters.ts';
import { connectOpener } from '../runtime/connect/messages.ts';
import { connectRequests } from '../runtime/connect/requests.ts';
import { connectServices } from '../runtime/connect/services.ts';
import { readEnv } from '../runtime/env.ts';
import { createLog } from '../runtime/log.ts';
import { createMeter } from '../runtime/metrics.ts';
import { traced } from '../runtime/trace.ts';
import { executeTasksEnv } from './env.ts';
import { executeTasks, type ExecuteTasksContext } from './execute-tasks.ts';

const SERVICE = 'execute-tasks';
const env = readEnv(executeTasksEnv, process.env);
const { AREA: area, EVENT_STREAM, GATHERED_BUCKET } = env;
const { open, messageSecret } = await connectOpener(SERVICE, env, dataMap);
const { services } = await connectServices(SERVICE, env, dataMap, area);
const keys = connectKeys(SERVICE, env);
const kinesis = traced(SERVICE, createKinesisClient());
const s3 = s3Client(SERVICE);
const gathered = objectGatheredStore(s3ObjectStore(s3, GATHERED_BUCKET), { keys, random });
const sources = env.GATHERED_SOURCES ?? { buckets: [], hosts: [] };
const fetchGathered = fetchGatheredOnAws({ s3, ...sources });
const events = kinesisEventStream(kinesis, EVENT_STREAM, messageSecret);

const context: ExecuteTasksContext = {
  deps: {
    ...connectRequests(SERVICE, env),
    ...{ keys, services, gathered, fetchGathered, dataMap, events },
  },
  ...{ area, open },
  bury: buryAs(connectLetters(SERVICE, env, keys), `executor-${area}`, 'tasks'),
  log: createLog(SERVICE),
  meter: createMeter(SERVICE),
};

export const handler = (event: unknown, lambda: Context): Promise<KinesisStreamBatchResponse> =>
  executeTasks(event, () => lambda.getRemainingTimeInMillis(), context);
