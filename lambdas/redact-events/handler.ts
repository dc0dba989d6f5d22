import { dataMap } from '../../lib/data-map.ts';
import { readEnv } from '../runtime/env.ts';
import { createLog } from '../runtime/log.ts';
import { createMeter } from '../runtime/metrics.ts';
import type { AnswerRecord } from './answer.ts';
import { redactEventsEnv } from './env.ts';
import { redactEvents } from './redact-events.ts';
import { connectRedaction } from './redaction.ts';

const name = 'redact-events';
const env = readEnv(redactEventsEnv, process.env);
const clock = { now: Date.now };
const log = createLog(name);
const meter = createMeter(name);
const redaction = await connectRedaction(dataMap, env, { name, clock, log });

export const handler = (event: unknown): Promise<{ records: AnswerRecord[] }> =>
  redactEvents(event, { ...redaction, clock, log, meter });
