import { dataMap } from '../../lib/data-map.ts';
import { readEnv } from '../runtime/env.ts';
import { createLog } from '../runtime/log.ts';
import { createMeter } from '../runtime/metrics.ts';
import { connectApi } from './connect-api.ts';
import { handleApiEnv } from './env.ts';
import { apiLog, handleApi } from './handle-api.ts';

const SERVICE = 'handle-api';
const env = readEnv(handleApiEnv, process.env);
const log = createLog(SERVICE);
const meter = createMeter(SERVICE);
const app = await connectApi(SERVICE, env, dataMap, apiLog(log, meter));

export const handler = handleApi({ app, baseUrl: env.SITE.baseUrl, log, meter });
