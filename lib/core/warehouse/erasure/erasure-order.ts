import type { Identity } from '../../requests/model/request.ts';

/** What the audit table tells of a request, besides what was done. No personal data. */
export interface RequestFacts {
  /** ms since the epoch */
  readonly requestedAt?: number;
  readonly dueAt?: number;
  /** Who approved it: an administrator's id. */
  readonly approver?: string;
}

/** One subject to be flagged in one table. */
export interface ErasureOrder {
  /** `<dsrId>/<taskId>`: the idempotency key. */
  readonly taskKey: string;
  readonly store: string;
  /** Erasing rows are deleted later; restricted ones stay and are only hidden. */
  readonly kind: 'erase' | 'restrict';
  /** Normalised as the data map says. */
  readonly identities: readonly Identity[];
  /** Keyed hash, for the audit table. */
  readonly subject: string;
  /** Stands for the subject where a column is pseudonymised: the same in all tables of a request. */
  readonly pseudonym: string;
  /** From when on the rows may be deleted for good, ms since the epoch. */
  readonly deleteAfter?: number;
  readonly facts: RequestFacts;
}
