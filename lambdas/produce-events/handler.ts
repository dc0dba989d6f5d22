import type { Context } from 'aws-lambda';
import { createKinesisClient, kinesisRecordStream } from '../../lib/aws/kinesis-record-stream.ts';
import { readEnv } from '../runtime/env.ts';
import { createLog } from '../runtime/log.ts';
import { createMeter } from '../runtime/metrics.ts';
import { sleep } from '../runtime/sleep.ts';
import { traced } from '../runtime/trace.ts';
import type { ProduceEventsAnswer } from './answer.ts';
import { produceEventsEnv } from './env.ts';
import { produceEvents, type ProduceEventsContext } from './produce-events.ts';

const SERVICE = 'produce-events';
const env = readEnv(produceEventsEnv, process.env);

const context: ProduceEventsContext = {
  stream: kinesisRecordStream(traced(SERVICE, createKinesisClient()), env.STREAM_NAME),
  clock: { now: Date.now },
  sleep,
  random: Math.random,
  log: createLog(SERVICE),
  meter: createMeter(SERVICE),
};

export const handler = (event: unknown, lambda: Context): Promise<ProduceEventsAnswer> =>
  produceEvents(event, () => lambda.getRemainingTimeInMillis(), context);
