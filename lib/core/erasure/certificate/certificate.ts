import type { SignedReceipt } from '../../receipts/receipt.ts';
import type { Weighed } from '../run/guard.ts';
import type { RunOrder, RunState, RunTotals } from '../run/run.ts';

/** One version of an object, and what became of it. */
export interface CertifiedVersion {
  readonly versionId: string;
  readonly etag: string;
  readonly rows: number;
  readonly matched: number;
  readonly outcome:
    | 'kept'
    /** Its matching rows were left out of the version that took its place; it is no longer there. */
    | 'removed'
    | 'purged'
    /** By the run, in the place of another. */
    | 'written'
    | 'locked'
    | 'archived'
    | 'corrupt'
    | 'unreadable-rows'
    | 'failed'
    /** Still there and still holding rows: others kept writing. */
    | 'left';
  /** ISO 8601: when a lock ends. */
  readonly until?: string;
}

/** A link of the chain: one object that was changed, or could not be wholly worked on. */
export interface CertificateEntry {
  /** 1, 2, 3, … */
  readonly seq: number;
  /** HMAC-SHA256 of the object's key, base64url: names of objects may be of people. */
  readonly object: string;
  /** Newest first. */
  readonly versions: readonly CertifiedVersion[];
  readonly residue: number;
  /** Hash of the entry before; of the chain's name for the first. */
  readonly previous: string;
  /** SHA-256 over the canonical JSON of all other members, base64url. */
  readonly hash: string;
}

/** The place of a certificate among all of its archive. */
export interface ChainLink {
  /** HMAC-SHA256 that names the archive, base64url. */
  readonly archive: string;
  /** 1, 2, 3, … */
  readonly number: number;
  /** Hash of the certificate before: SHA-256 of its canonical JSON, base64url; absent for the first. */
  readonly previous?: string;
}

/** The proof of a run. No personal data. Times in ISO 8601, UTC. */
export interface Certificate {
  readonly format: 'lethe-archive-certificate/1';
  readonly runId: string;
  readonly chain: ChainLink;
  readonly outcome: Extract<RunState, 'done' | 'incomplete'>;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly places: readonly { readonly prefix: string; readonly format: string }[];
  /** With the rows of each that were removed, and those that could not be read. */
  readonly orders: readonly (RunOrder & { readonly rows: number; readonly suspected: number })[];
  readonly maximumProportion: number;
  readonly exceeded: readonly Weighed[];
  readonly totals: Omit<RunTotals, 'byOrder' | 'suspectedByOrder'>;
  readonly verification:
    | 'passed'
    /** Of rows that nobody can read some hold a subject's value, until `totals.suspectedUntil`. */
    | 'residue-expires'
    | 'residue-found'
    | 'not-everything-read';
  /** Until then the sealed patches can give back what was removed. */
  readonly undoUntil?: string;
  /** How many entries stand before this in the file, and the last one's hash. */
  readonly entries: { readonly count: number; readonly head: string };
}

/** A statement that follows a certificate when its undo window has ended. */
export interface UndoExpiry {
  readonly format: 'lethe-undo-expiry/1';
  readonly runId: string;
  /** Of the certificate: SHA-256 of its canonical JSON, base64url. */
  readonly certificate: string;
  readonly destroyedAt: string;
  /** Sealed patches that were deleted with their key. */
  readonly patches: number;
}

/** The last line of a certificate's file, or the only one of an expiry's. */
export interface SignedProof<Document> {
  readonly certificate: Document;
  readonly signature: SignedReceipt['signature'];
}
