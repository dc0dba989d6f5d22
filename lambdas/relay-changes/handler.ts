import type { DynamoDBBatchResponse } from 'aws-lambda';
import { createKinesisClient, kinesisRecordStream } from '../../lib/aws/kinesis-record-stream.ts';
import { changeEventOf } from '../../lib/aws/requests/record-items.ts';
import { changePublisher } from '../../lib/core/services/change-publisher.ts';
import { readKeys } from '../runtime/connect/secrets.ts';
import { readEnv } from '../runtime/env.ts';
import { createLog } from '../runtime/log.ts';
import { createMeter } from '../runtime/metrics.ts';
import { traced } from '../runtime/trace.ts';
import { relayChangesEnv } from './env.ts';
import { relayChanges, type RelayChangesContext } from './relay-changes.ts';

const SERVICE = 'relay-changes';
const env = readEnv(relayChangesEnv, process.env);
const { secret } = await readKeys(SERVICE, { secret: env.MESSAGE_KEY_SECRET });
const stream = kinesisRecordStream(traced(SERVICE, createKinesisClient()), env.EVENT_STREAM);

const context: RelayChangesContext = {
  events: changePublisher(stream, secret),
  changeEventOf,
  log: createLog(SERVICE),
  meter: createMeter(SERVICE),
};

export const handler = (event: unknown): Promise<DynamoDBBatchResponse> =>
  relayChanges(event, context);
