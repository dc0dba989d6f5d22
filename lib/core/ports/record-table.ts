import type { Identity } from '../requests/model/request.ts';

/** A record of a service: personal data, as the service keeps it. */
export interface ServiceRecord {
  readonly store: string;
  /** Unique within the store. */
  readonly id: string;
  /** Counts the writes; 1 after the first. */
  readonly version: number;
  /** By which a data subject is found, normalised. */
  readonly identities: readonly Identity[];
  /** Plain JSON. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** What a service remembers of a task, under its idempotency key. No personal data. */
export interface TaskEntry {
  /** `<dsrId>/<taskId>` */
  readonly key: string;
  readonly version: number;
  readonly operation: string;
  /** The highest seen: the fence. */
  readonly attempt: number;
  /** Records changed so far. */
  readonly affected: number;
  readonly isFinished: boolean;
  /** Until when what it took can be given back, ms since the epoch. */
  readonly undoableUntil?: number;
}

/** What a service tells the world of a change; `reason` is that of the task behind it. */
export interface ChangeEvent {
  readonly eventId: string;
  readonly store: string;
  readonly at: number;
  readonly reason: string;
  readonly remaining: number;
  readonly affected: number;
  readonly backupsExpireAt?: number;
  readonly undoableUntil?: number;
}

/** All or nothing. At most {@link MOST_CHANGED_RECORDS} records, so that one transaction holds it. */
export interface RecordChange {
  /** With the version that was read plus 1. */
  readonly entry?: TaskEntry;
  /** New or changed records, with the version that was read plus 1. */
  readonly put?: readonly ServiceRecord[];
  /** As they were read. */
  readonly remove?: readonly ServiceRecord[];
  readonly events?: readonly ChangeEvent[];
}

/**
 * A transaction of DynamoDB takes 100 items: beside each record up to three pointers that go and three
 * that come, the task, and an event.
 */
export const MOST_CHANGED_RECORDS = 13;

/** Where a service keeps its records (DynamoDB, or its local twin). Reads see every write before. */
export interface RecordTable {
  /** Records that name this identity, normalised. In order of id. */
  find(store: string, identity: Identity): Promise<readonly ServiceRecord[]>;
  entry(key: string): Promise<TaskEntry | undefined>;
  /** `conflict`: somebody wrote one of them in between, and nothing was written now. */
  commit(change: RecordChange): Promise<'committed' | 'conflict'>;
}
