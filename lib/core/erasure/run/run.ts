import type { FormatName, RowFault } from '../format.ts';
import type { Weighed } from './guard.ts';

/** Objects below a prefix, and how they are read. */
export interface RunPlace {
  readonly prefix: string;
  readonly format: FormatName | 'auto';
  /**
   * Objects here are destroyed so long after they were written, whatever they hold (ms): rows that
   * cannot be read are then no fault of a run, but told with that date. For Firehose's failed records.
   * @default they stay: an unreadable row leaves the run incomplete
   */
  readonly lifetime?: number;
}

/** Whose rows go, as one request or one criteria file asks. Without any of its values. */
export interface RunOrder {
  readonly orderId: string;
  readonly criteria: number;
  /** HMAC-SHA256 of the criteria, base64url. */
  readonly hash: string;
}

/** What {@link planRun} is asked for. Times in ms. */
export interface RunRequest {
  readonly runId: string;
  readonly places: readonly RunPlace[];
  /** All that one scan serves. */
  readonly orders: readonly RunOrder[];
  /** 0 to 1; see guard.ts. */
  readonly maximumProportion: number;
  /** How long data may still be on its way that no filter has seen the orders for. */
  readonly drain: number;
  /** How long what is removed can be given back; 0: never. */
  readonly undoWindow: number;
}

export type RunState =
  | 'planning'
  | 'working'
  /** The guard stopped it before any write. */
  | 'stopped'
  /** Not one row is left, save in what nobody can read and is destroyed at a date that is told. */
  | 'done'
  /** Something could not be read or taken away: the certificate names it. */
  | 'incomplete';

/** Counts of a run, over all its objects. Versions count each for itself. */
export interface RunTotals {
  readonly objects: number;
  readonly rows: number;
  readonly matched: number;
  readonly unparsable: number;
  readonly rewritten: number;
  readonly purged: number;
  /** Versions that Object Lock keeps, and until when the last of them (ms; absent: a legal hold). */
  readonly locked: number;
  readonly lockedUntil?: number;
  /** Versions in an archived tier that wait for their restore. */
  readonly archived: number;
  readonly corrupt: number;
  readonly failed: number;
  /** Rows that nobody can read, in places whose objects expire; the last of them at `expireAt` (ms). */
  readonly expiring: number;
  readonly expireAt?: number;
  /** Rows that cannot be read, wherever they lie, and hold a subject's value as text. */
  readonly suspected: number;
  /** The last of them is destroyed then (ms); absent when any of them stays. */
  readonly suspectedUntil?: number;
  /** Matching rows that the verification still found. */
  readonly residue: number;
  /** Removed rows by order: of each object, those of the version that held most. */
  readonly byOrder: Readonly<Record<string, number>>;
  /** Suspected rows by order; one may be of several. */
  readonly suspectedByOrder: Readonly<Record<string, number>>;
}

/** How far a listing of the archive has got: a call may end before it, and the next goes on. */
export interface RunListing {
  /** Index in {@link RunRequest.places}. */
  readonly place: number;
  /** The last key of the place that is written down; absent: none is. */
  readonly after?: string;
  /** The batch that objects are dealt to, and how many it was dealt. */
  readonly batch: number;
  readonly held: number;
}

/** One run: plain JSON, below 400 KB for up to 1,000 orders. No personal data. Times in ms. */
export interface Run extends RunRequest {
  /** Counts the writes; a write names the version that it read plus 1. */
  readonly version: number;
  readonly state: RunState;
  readonly startedAt: number;
  /** When the last data that was on its way at the start has landed. */
  readonly settleUntil: number;
  readonly undoUntil?: number;
  readonly undo: 'none' | 'open' | 'undone' | 'expired';
  /** Batches are numbered from 0. */
  readonly batches: number;
  /** How often the archive was listed anew. */
  readonly round: number;
  /** Of a listing that goes on. */
  readonly listing?: RunListing;
  readonly exceeded?: readonly Weighed[];
  readonly totals?: RunTotals;
  readonly endedAt?: number;
  readonly certificate?: CertificateReference;
}

/** Where the proof lies, and what it must hash to. */
interface CertificateReference {
  /** Key in the certificate store. */
  readonly key: string;
  /** Of its signed part, canonical JSON, SHA-256, base64url. */
  readonly hash: string;
}

/** One version that a run has looked at, or is still to look at. */
export interface RunVersion {
  readonly versionId: string;
  readonly etag: string;
  readonly size: number;
  readonly lastModified: number;
  readonly isLatest: boolean;
  readonly status:
    | 'listed'
    | 'read'
    /** Left untouched. */
    | 'corrupt'
    /** In an archived tier: waits for its restore. */
    | 'archived'
    /** It is no longer there: purged, replaced, or deleted by others. */
    | 'gone'
    | 'failed';
  readonly format?: FormatName;
  readonly rows: number;
  readonly matched: number;
  readonly unparsable: number;
  readonly byOrder?: Readonly<Record<string, number>>;
  /** Unparsable rows that hold a subject's value as text. */
  readonly suspected?: number;
  readonly suspectedByOrder?: Readonly<Record<string, number>>;
  /** The first of them, of a current version only. */
  readonly faults?: readonly RowFault[];
  /** Ids of the criteria's paths that it has. */
  readonly seen?: readonly number[];
  /** Why it was not read, without a byte of it. */
  readonly reason?: string;
  /** Written by the run itself. */
  readonly isOurs?: boolean;
  readonly fate?: 'purged' | 'locked';
  readonly lockedUntil?: number;
}

/** What an undo needs to know of one rewriting; written down before the object is replaced. */
export interface Rewriting {
  readonly format: FormatName;
  /** Key of the sealed patch in the quarantine; absent when nothing is kept for an undo. */
  readonly patch?: string;
  readonly before: { readonly etag: string; readonly versionId: string };
  /** SHA-256 of the stored bytes that took its place, hex. */
  readonly after: string;
  readonly matched: number;
}

/** One key of the archive in a run. Plain JSON; below 400 KB for up to some 1,000 versions. */
export interface RunObject {
  readonly key: string;
  /** Index in {@link RunRequest.places}. */
  readonly place: number;
  readonly batch: number;
  /** `planned`: versions are to be read; `found`: all were; `clean`: nothing is to be taken out any more. */
  readonly state: 'planned' | 'found' | 'clean';
  /** Newest first as they were listed, without delete markers; those of before come last. */
  readonly versions: readonly RunVersion[];
  readonly rewritings: readonly Rewriting[];
  /** The class of the error that the last step on it met. */
  readonly failure?: string;
  /** Matching rows that the last verification found. */
  readonly residue?: number;
  /** SHA-256 of what an undo put there, hex. */
  readonly restored?: string;
}
