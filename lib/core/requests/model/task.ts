import type { TaskOutcome } from './task-event.ts';

/** How far one store has got. Which may follow which: state/task-table.ts. */
export const TASK_STATES = [
  'BLOCKED',
  'READY',
  'DISPATCHED',
  'RUNNING',
  'RETRY_WAIT',
  'SUCCEEDED',
  'NO_DATA',
  'EXEMPT',
  'DEAD_LETTERED',
  'CANCELLED',
] as const;
export type TaskState = (typeof TASK_STATES)[number];

/** What a store is asked to do. `undo` gives back what the same task's key did. */
export const OPERATIONS = ['gather', 'rectify', 'erase', 'restrict', 'object', 'undo'] as const;
export type Operation = (typeof OPERATIONS)[number];

/** One store's part of a request. */
export interface Task {
  /** The store's name in the data map; unique within the request. */
  readonly taskId: string;
  /** The executor that serves the store. */
  readonly area: string;
  /** As people read it: `Delete data from user-service`. */
  readonly name: string;
  readonly operation: Operation;
  /** Tasks of this request that must be done before. */
  readonly after: readonly string[];
  /** Whether it changes data, so that grace, approval and partial cancellation apply. */
  readonly destructive: boolean;
  readonly state: TaskState;
  readonly since: number;
  /** Counts the dispatches; also the fence: a service refuses a lower one than it has seen. */
  readonly attempt: number;
  /** Attempts of this round that failed; 0 again once one does it. */
  readonly failures: number;
  /** RETRY_WAIT: when it may go out again. RUNNING by `accepted`: when to ask again. */
  readonly dueAt?: number | undefined;
  /** The weightiest word heard of this attempt; for EXEMPT also by the data map, attempt 0. */
  readonly outcome?: TaskOutcome | undefined;
  /**
   * Counts the times that the work was asked for anew, by a person's retry or because residue was
   * found. A part of the idempotency key: a service must not answer with its earlier outcome.
   */
  readonly round: number;
}
