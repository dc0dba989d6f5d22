import type { TaskOrder } from '../requests/model/outbox-message.ts';

/** Whether the stream took a message. `code` is the service's own word. */
export type PublishOutcome = { readonly ok: true } | { readonly ok: false; readonly code: string };

/**
 * Carries orders to the areas' executors: at least once, in any order. On AWS a Kinesis stream whose
 * records are the order's JSON, partitioned by dsrId; executors filter on `area`.
 */
export interface TaskStream {
  /** One outcome per order, in their order. Throws only if none was accepted. */
  publish(orders: readonly TaskOrder[]): Promise<readonly PublishOutcome[]>;
}
