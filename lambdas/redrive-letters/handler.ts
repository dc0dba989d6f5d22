import { createKinesisClient, kinesisRecordStream } from '../../lib/aws/kinesis-record-stream.ts';
import { connectKeys } from '../runtime/connect/keys.ts';
import { connectLetters } from '../runtime/connect/letters.ts';
import { readEnv } from '../runtime/env.ts';
import { createLog } from '../runtime/log.ts';
import { traced } from '../runtime/trace.ts';
import { redriveLettersEnv } from './env.ts';
import {
  redriveLetters,
  type RedriveLettersAnswer,
  type RedriveLettersContext,
} from './redrive-letters.ts';

const SERVICE = 'redrive-letters';
const env = readEnv(redriveLettersEnv, process.env);
const kinesis = traced(SERVICE, createKinesisClient());

const context: RedriveLettersContext = {
  deps: {
    letters: connectLetters(SERVICE, env, connectKeys(SERVICE, env)),
    streams: {
      tasks: kinesisRecordStream(kinesis, env.TASK_STREAM),
      events: kinesisRecordStream(kinesis, env.EVENT_STREAM),
    },
  },
  log: createLog(SERVICE),
};

export const handler = (event: unknown): Promise<RedriveLettersAnswer> =>
  redriveLetters(event, context);
