import { dataMap } from '../../lib/data-map.ts';
import type { ServiceAnswer } from '../../lib/sample-services/answer-call.ts';
import { SAMPLE_SERVICES } from '../../lib/sample-services/sample-service.ts';
import { clock } from '../runtime/connect/chance.ts';
import { connectRecords } from '../runtime/connect/records.ts';
import { EnvError, readEnv } from '../runtime/env.ts';
import { createLog } from '../runtime/log.ts';
import { serveSamplesEnv } from './env.ts';
import { serveSamples, type ServeSamplesContext, type UrlAnswer } from './serve-samples.ts';

const DAY = 24 * 60 * 60 * 1_000;

const SERVICE = 'serve-samples';
const env = readEnv(serveSamplesEnv, process.env);
const service = SAMPLE_SERVICES.find(({ name }) => name === env.SERVICE);
if (service === undefined) {
  const names = SAMPLE_SERVICES.map(({ name }) => name).join(', ');
  throw new EnvError([`SERVICE: is not one of ${names}`]);
}
const table = connectRecords(SERVICE, env);
const undo = env.UNDO_DAYS === 0 ? {} : { undoWindow: env.UNDO_DAYS * DAY };

const context: ServeSamplesContext = {
  service,
  deps: { table, clock, dataMap, ...undo },
  log: createLog(SERVICE),
};

export const handler = (event: unknown): Promise<ServiceAnswer | UrlAnswer> =>
  serveSamples(event, context);
