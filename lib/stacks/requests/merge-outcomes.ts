import type { mergeEventsEnv } from '../../../lambdas/merge-events/env.ts';
import type { EnvironmentOf } from '../../../lambdas/runtime/env.ts';
import { StreamConsumer } from '../../constructs/stream-consumer.ts';
import { GIVEN_UP_AFTER, MOST_TRIES } from './consume.ts';
import type { RequestContext } from './request-context.ts';

/** The completion function on the events stream. */
export function mergeOutcomes(context: RequestContext): void {
  const { stack, make, parts, alarms, exchange } = context;
  const { buckets, messageKey } = parts;
  const { events } = exchange;
  const environment: EnvironmentOf<typeof mergeEventsEnv> = {
    ...parts.requestsEnvironment(),
    ...parts.keysEnvironment(),
    MESSAGE_KEY_SECRET: messageKey.secretArn,
    DEAD_LETTER_BUCKET: buckets.deadLetters.bucketName,
  };
  const completion = make('Completion', {
    verb: 'merge-events',
    description: 'Merges what services and executors tell into the requests',
    environment,
  });
  parts.grantRequests(completion);
  parts.grantKeys(completion, ['create', 'get']);
  messageKey.grantKey(completion);
  buckets.deadLetters.grantUse(completion, ['PutObject'], 'letters/');
  new StreamConsumer(stack, 'Events', {
    source: { arn: events.streamArn, grantConsume: (fn) => events.grantConsume(fn) },
    function: completion,
    // No filter: what is malformed is to lie among the dead letters, not to vanish.
    batchSize: 100,
    deadLetters: buckets.deadLetters,
    retryAttempts: MOST_TRIES,
    maxRecordAge: GIVEN_UP_AFTER,
    alarms,
  });
}
