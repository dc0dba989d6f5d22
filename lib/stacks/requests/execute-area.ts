import { Duration } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { executeTasksEnv } from '../../../lambdas/execute-tasks/env.ts';
import type { EnvironmentOf } from '../../../lambdas/runtime/env.ts';
import { StreamConsumer } from '../../constructs/stream-consumer.ts';
import type { Area } from '../../settings/request-config.ts';
import { GIVEN_UP_AFTER, MOST_TRIES } from './consume.ts';
import type { RequestContext } from './request-context.ts';

/** Has a function carry out the orders of an area, and of no other. */
export function connectExecutor(context: RequestContext, area: string, executor: IFunction): void {
  const { stack, parts, alarms, tasks } = context;
  new StreamConsumer(stack, `${pascalCase(area)}Orders`, {
    source: { arn: tasks.streamArn, grantConsume: (fn) => tasks.grantConsume(fn) },
    function: executor,
    // Lambda drops what does not match before the function sees it: docs/adr/0017.
    filters: [{ data: { area: [area] } }],
    // Orders are few, and each may take minutes.
    batchSize: 10,
    deadLetters: parts.buckets.deadLetters,
    retryAttempts: MOST_TRIES,
    maxRecordAge: GIVEN_UP_AFTER,
    alarms,
  });
}

/** An area's executor. */
export function executeArea(context: RequestContext, { name, stores }: Area): void {
  const { stack, make, parts, exchange, gatheredHosts: hosts } = context;
  const { tables, buckets, messageKey, services } = parts;
  // Whoever is on a stream is put on the suppression list; all other stores are asked.
  const served = stores.filter(({ kind }) => kind !== 'stream').map((store) => store.name);
  const handovers = context.handovers.filter((handover) =>
    handover.stores.some((store) => served.includes(store)),
  );
  const handoverNames = handovers.map(({ bucket }) => bucket.bucketName);
  const suppresses = stores.some(({ kind }) => kind === 'stream');
  const environment: EnvironmentOf<typeof executeTasksEnv> = {
    AREA: name,
    ...parts.requestsEnvironment(),
    ...parts.keysEnvironment(),
    ...(suppresses ? parts.suppressionEnvironment() : {}),
    MESSAGE_KEY_SECRET: messageKey.secretArn,
    GATHERED_BUCKET: buckets.gathered.bucketName,
    SERVICES: services.routes(served),
    ...(handovers.length + hosts.length > 0 && {
      GATHERED_SOURCES: stack.toJsonString({ buckets: handoverNames, hosts }),
    }),
    DEAD_LETTER_BUCKET: buckets.deadLetters.bucketName,
    EVENT_STREAM: exchange.events.streamName,
  };
  const executor = make(`${pascalCase(name)}Executor`, {
    verb: 'execute-tasks',
    description: `Carries out the tasks of ${name}`,
    environment,
    memorySize: 1024,
    timeout: Duration.minutes(15),
  });
  tables.requests.grantUse(executor, ['GetItem']);
  parts.grantKeys(executor, ['create', 'get']);
  if (suppresses) parts.grantSuppression(executor);
  messageKey.grantKey(executor);
  services.grantCalls(executor, served);
  // What is in a stream is on its way to a store that is asked itself.
  if (stores.some(({ kind }) => kind !== 'stream')) {
    buckets.gathered.grantUse(
      executor,
      ['GetObject', 'PutObject', 'AbortMultipartUpload', 'ListBucket'],
      'gathered/',
    );
    for (const { bucket } of handovers) {
      bucket.grantUse(executor, ['GetObject', 'ListBucket'], 'rows/');
    }
  }
  buckets.deadLetters.grantUse(executor, ['PutObject'], 'letters/');
  exchange.events.grantSend(executor);
  connectExecutor(context, name, executor);
}

function pascalCase(name: string): string {
  return name.replace(/(?:^|-)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
