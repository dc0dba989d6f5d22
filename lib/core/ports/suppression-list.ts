/** Why a data subject's events are redacted, whatever their consent flag says. */
export type SuppressionReason = 'erasure' | 'restriction' | 'objection';

/** A data subject on the list, known only by a keyed hash. */
export interface SuppressionEntry {
  /** Keyed hash of identifier name and normalised value: 40 bytes, base64url; see suppression/subject-hasher.ts. */
  subjectHash: string;
  reason: SuppressionReason;
  /** The request that asked for it. */
  requestId: string;
  /** From when on the entry no longer holds, ms since the epoch; absent: until lifted. */
  lapsesAt?: number;
}

export type SuppressionChange =
  | { kind: 'added'; entry: SuppressionEntry }
  | { kind: 'lifted'; subjectHash: string; requestId: string };

/** A stretch of the list's changes. */
export interface SuppressionChanges {
  changes: readonly SuppressionChange[];
  /** Where to go on. */
  cursor: string;
  /** Whether to go on at once: the list had more to tell than fits into one answer. */
  more: boolean;
}

/** Data subjects whose events are always redacted. */
export interface SuppressionList {
  /** Puts entries on the list; the same entry twice is one. */
  add(entries: readonly SuppressionEntry[]): Promise<void>;
  /** Takes one request's entry off; other requests' entries for the subject stay. */
  lift(subjectHash: string, requestId: string): Promise<void>;
  /**
   * Changes after `cursor`, in order; when it is undefined, the entries in force. A change may come
   * twice; none is left out.
   */
  changesSince(cursor: string | undefined): Promise<SuppressionChanges>;
}
