// Does for a bundle what Lambda's Node runtime does: loads `_HANDLER` from `LAMBDA_TASK_ROOT`, calls
// it with one event and says what came of it.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

process.once('message', async ({ event, timeoutMilliseconds }) => {
  const deadline = Date.now() + timeoutMilliseconds;
  const context = {
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: '$LATEST',
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    awsRequestId: '8476a536-e9f4-11e8-9739-2dfe598c3fcd',
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
  const [file, name] = process.env._HANDLER.split('.');
  try {
    const module = await import(
      pathToFileURL(join(process.env.LAMBDA_TASK_ROOT, `${file}.mjs`)).href
    );
    process.send({ result: await module[name](event, context) });
  } catch (error) {
    process.send({ error: String(error?.stack ?? error) });
  }
});
process.send('ready');
