// Does for a bundle what Lambda's Node runtime does: loads `_HANDLER` from `LAMBDA_TASK_ROOT`, calls
// it with one event after the other and says what came of each.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

// What goes to a host of its own, such as a function URL, goes to the stand-in under that name.
const { fetch } = globalThis;
globalThis.fetch = (url, options) => {
  const { host, pathname } = new URL(url);
  const headers = { ...options.headers, 'x-wiring-host': host };
  delete headers.host;
  return fetch(new URL(pathname, process.env.AWS_ENDPOINT_URL), { ...options, headers });
};

// Two cores start all functions that on Lambda have a processor each: what waits for another waits
// longer, be it for an answer, a connection or the other's start.
const PATIENCE = 20;
const { timeout } = AbortSignal;
AbortSignal.timeout = (milliseconds) => timeout(milliseconds * PATIENCE);
const { setTimeout: wait } = globalThis;
globalThis.setTimeout = Object.assign(
  (call, milliseconds, ...given) =>
    wait(call, milliseconds >= 1000 ? milliseconds * PATIENCE : milliseconds, ...given),
  wait,
);

// Time that a test lets pass.
const { now } = Date;
let ahead = 0;
Date.now = () => now() + ahead;

const [file, name] = process.env._HANDLER.split('.');
const loaded = import(pathToFileURL(join(process.env.LAMBDA_TASK_ROOT, `${file}.mjs`)).href);
loaded.catch(() => undefined);

process.on('message', async ({ event, timeoutMilliseconds, millisecondsAhead }) => {
  ahead = millisecondsAhead;
  // Its time begins when it is loaded. Source: Lambda developer guide, execution environment lifecycle.
  await loaded.catch(() => undefined);
  const deadline = now() + timeoutMilliseconds;
  const context = {
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: '$LATEST',
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    awsRequestId: '8476a536-e9f4-11e8-9739-2dfe598c3fcd',
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    getRemainingTimeInMillis: () => Math.max(0, deadline - now()),
  };
  try {
    const module = await loaded;
    process.send({ result: await module[name](event, context) });
  } catch (error) {
    process.send({ error: String(error?.stack ?? error) });
  }
});
process.on('disconnect', () => process.exit());
process.send('ready');
