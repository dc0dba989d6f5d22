import type { KinesisStreamBatchResponse } from 'aws-lambda';
import { dataMap } from '../../lib/data-map.ts';
import { connectKeys } from '../runtime/connect/keys.ts';
import { buryAs, connectLetters } from '../runtime/connect/letters.ts';
import { connectOpener } from '../runtime/connect/messages.ts';
import { connectRequests } from '../runtime/connect/requests.ts';
import { readEnv } from '../runtime/env.ts';
import { createLog } from '../runtime/log.ts';
import { createMeter } from '../runtime/metrics.ts';
import { mergeEventsEnv } from './env.ts';
import { mergeEvents, type MergeEventsContext } from './merge-events.ts';

const SERVICE = 'merge-events';
const env = readEnv(mergeEventsEnv, process.env);
const { open } = await connectOpener(SERVICE, env, dataMap);
const letters = connectLetters(SERVICE, env, connectKeys(SERVICE, env));

const context: MergeEventsContext = {
  deps: connectRequests(SERVICE, env),
  open,
  bury: buryAs(letters, 'completion', 'events'),
  log: createLog(SERVICE),
  meter: createMeter(SERVICE),
};

export const handler = (event: unknown): Promise<KinesisStreamBatchResponse> =>
  mergeEvents(event, context);
