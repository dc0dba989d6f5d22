import type { TaskEvent } from '../requests/model/task-event.ts';
import type { PublishOutcome } from './task-stream.ts';

/**
 * Carries executors' status events to the completion function: at least once, in any order. The same
 * stream carries the services' change events. On AWS a Kinesis stream of JSON records.
 */
export interface EventStream {
  /** One outcome per event, in their order. Throws only if none was accepted. */
  publish(events: readonly TaskEvent[]): Promise<readonly PublishOutcome[]>;
}
