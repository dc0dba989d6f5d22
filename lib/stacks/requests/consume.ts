import { Duration } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { StreamConsumer } from '../../constructs/stream-consumer.ts';
import type { RequestContext } from './request-context.ts';

/** Before the stream forgets it. */
export const GIVEN_UP_AFTER = Duration.days(6);
/** As many as Lambda takes: age decides. Source: API reference, CreateEventSourceMapping. */
export const MOST_TRIES = 10_000;

/** Has a function called with each write to the table of requests. */
export function consumeTable(context: RequestContext, id: string, consumer: IFunction): void {
  const { stack, parts, alarms } = context;
  const { tables, buckets } = parts;
  const { requests } = tables;
  new StreamConsumer(stack, id, {
    source: { arn: requests.tableStreamArn!, grantConsume: (fn) => requests.grantConsume(fn) },
    function: consumer,
    batchSize: 25,
    deadLetters: buckets.deadLetters,
    retryAttempts: MOST_TRIES,
    // A table's stream keeps its records for 24 hours.
    maxRecordAge: Duration.hours(20),
    alarms,
  });
}
