import type { AuditEntry } from '../audit/audit-entry.ts';
import type { DsrRequest, Lifecycle, RequestType } from '../requests/model/request.ts';

/** One conditional write: all of it or nothing. */
export interface RequestWrite {
  /** With `version` = `expectedVersion` + 1. At most 300 KB as JSON. */
  readonly request: DsrRequest;
  /** The version that was read; 0 to create. */
  readonly expectedVersion: number;
  /** Links of the chain that this write appends; at most 50. */
  readonly audit: readonly AuditEntry[];
  /** Names (opaque, at most 40) of which this request becomes the only holder. */
  readonly claim?: readonly string[];
  /** Names that it gives back; those of others stay. With `audit` and `claim` at most 99 in all. */
  readonly release?: readonly string[];
}

export type RequestWriteOutcome =
  | { readonly kind: 'saved' }
  /** Somebody wrote in between, or it exists already: read again. */
  | { readonly kind: 'conflict' }
  /** Another request holds a claimed name. Nothing was written. */
  | { readonly kind: 'claimed'; readonly by: string };

export interface RequestFilter {
  readonly lifecycle?: readonly Lifecycle[];
  readonly type?: RequestType;
  readonly regime?: string;
  readonly controllerId?: string;
  /** Only requests with this keyed hash of an identity. */
  readonly subjectHash?: string;
  /** Only requests due before, ms since the epoch. */
  readonly dueBefore?: number;
}

export interface RequestPage {
  readonly requests: readonly DsrRequest[];
  /** Where to go on; absent on the last page. */
  readonly cursor?: string;
}

/**
 * Where requests live (DynamoDB, or its local twin). A load after a save that answered sees it.
 * Listings may lag behind by seconds.
 */
export interface RequestStore {
  save(write: RequestWrite): Promise<RequestWriteOutcome>;
  load(dsrId: string): Promise<DsrRequest | undefined>;
  /** The request's audit chain, first entry first. */
  auditTrail(dsrId: string): AsyncIterable<AuditEntry>;
  /** Newest receipt first; at most `limit` (1 to 100). A page may be short although more follow. */
  list(filter: RequestFilter, limit: number, cursor?: string): Promise<RequestPage>;
  /** Ids of requests whose `wakeAt` is at or before `now`, the longest overdue first. */
  dueForWaking(now: number, limit: number): Promise<readonly string[]>;
  /** Ids of requests with messages in the outbox. */
  withOutbox(limit: number): Promise<readonly string[]>;
}
