/** What happened to one attempt of one task. */
export type TaskOutcome =
  | { readonly kind: 'started' }
  /** The store works on; look again at `checkAt` (ms since the epoch). */
  | { readonly kind: 'accepted'; readonly checkAt: number }
  /** A step before it in the same order did not end well. */
  | { readonly kind: 'not-run' }
  | { readonly kind: 'failed'; readonly code: string; readonly retryable: boolean }
  | { readonly kind: 'exempt'; readonly basis: string; readonly keptUntil?: number | undefined }
  | { readonly kind: 'no-data' }
  | {
      readonly kind: 'succeeded';
      readonly affected: number;
      readonly backupsExpireAt?: number | undefined;
      readonly undoableUntil?: number | undefined;
      /** Names the store's own proof of it. */
      readonly certificate?: string | undefined;
    };

/**
 * One event for the completion function, whichever way it came: an executor's status event
 * (horizontal) or a service's change event that names the request as its reason (vertical).
 */
export interface TaskEvent {
  readonly kind: 'task-event';
  readonly eventId: string;
  readonly dsrId: string;
  readonly taskId: string;
  readonly attempt: number;
  /** When it happened, by the sender's clock, ms since the epoch; for people, never for order. */
  readonly at: number;
  readonly source: 'executor' | 'service';
  readonly outcome: TaskOutcome;
}
