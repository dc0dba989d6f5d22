import type { Context } from 'aws-lambda';
import { expireCopies } from '../../lib/core/access-package/opened-copies.ts';
import { expirePackages } from '../../lib/core/access-package/packager.ts';
import { expireLetters } from '../../lib/core/dead-letters/expire-letters.ts';
import { dataMap } from '../../lib/data-map.ts';
import { connectDrive } from '../runtime/connect/drive.ts';
import { connectLetters } from '../runtime/connect/letters.ts';
import { readEnv } from '../runtime/env.ts';
import { createLog } from '../runtime/log.ts';
import { createMeter } from '../runtime/metrics.ts';
import { watchDeadlinesEnv } from './env.ts';
import { watchDeadlines, type WatchContext } from './watch-deadlines.ts';

const SERVICE = 'watch-deadlines';
const env = readEnv(watchDeadlinesEnv, process.env);
const { deps, packaging } = await connectDrive(SERVICE, env, dataMap);

const letters = connectLetters(SERVICE, env, deps.keys);

const context: WatchContext = {
  deps,
  expiries: [
    () => expireCopies(packaging),
    () => expirePackages(packaging),
    () => expireLetters({ ...packaging, letters }),
  ],
  clock: deps.clock,
  log: createLog(SERVICE),
  meter: createMeter(SERVICE),
};

export const handler = (event: unknown, lambda: Context): Promise<void> =>
  watchDeadlines(event, () => lambda.getRemainingTimeInMillis(), context);
