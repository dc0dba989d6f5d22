import type { AuditHead } from '../../audit/audit-entry.ts';
import type { SealedBox } from '../../identity/sealed-box.ts';
import type { SignedReceipt } from '../../receipts/receipt.ts';
import type { ClockState } from '../law/law-clock.ts';
import type { OutboxMessage } from './outbox-message.ts';
import type { Task } from './task.ts';

/** What a data subject may ask for (GDPR Art. 15-18, 20, 21). */
export const REQUEST_TYPES = [
  'access',
  'portability',
  'rectification',
  'erasure',
  'restriction',
  'objection',
] as const;
export type RequestType = (typeof REQUEST_TYPES)[number];

/** Where a request stands. Which may follow which: state/lifecycle-table.ts. */
export const LIFECYCLES = [
  'RECEIVED',
  'AWAITING_IDENTITY',
  'AWAITING_APPROVAL',
  'GRACE',
  'IN_PROGRESS',
  'WAITING',
  'VERIFYING',
  'PARTIALLY_FAILED',
  'COMPLETED',
  'COMPLETED_WITH_EXEMPTIONS',
  'FAILED',
  'REJECTED',
  'DUPLICATE',
  'EXPIRED',
  'CANCELLED',
  'CANCELLED_PARTIAL',
] as const;
export type Lifecycle = (typeof LIFECYCLES)[number];

/** A hold stops work; it never stops the law's clock. */
export type Hold =
  | { readonly kind: 'NONE' }
  | { readonly kind: 'ADMIN_PAUSE'; readonly since: number; readonly reason: string }
  | {
      readonly kind: 'LEGAL_HOLD';
      readonly since: number;
      readonly reason: string;
      /** Stores that must be kept; `all` for every store. */
      readonly scope: 'all' | readonly string[];
    };

/** Whether an independent look found the subject again. */
type Verification = 'NOT_STARTED' | 'SETTLING' | 'PASSED' | 'RESIDUE_FOUND';

/** What became of the latest notice to the data subject. */
type Notification = 'PENDING' | 'SENT' | 'RETRYING' | 'UNDELIVERABLE';

/** Proof that the requester is the data subject. Nothing is looked up before it. */
type IdentityCheck =
  /** An authenticated agent or administrator vouches for the subject. */
  | { readonly kind: 'VOUCHED' }
  | {
      readonly kind: 'PENDING';
      /** SHA-256 of the one-time token, base64url. */
      readonly tokenHash: string;
      readonly expiresAt: number;
      readonly triesLeft: number;
    }
  | { readonly kind: 'CONFIRMED'; readonly at: number }
  | { readonly kind: 'LOCKED'; readonly at: number };

/** Which way the work runs: to the request's end, to a stop, or back. */
type Intent = 'fulfil' | 'cancel' | 'undo';

interface Approval {
  /** Opaque id of the administrator. */
  readonly by: string;
  readonly at: number;
}

/**
 * One data subject request: everything that changes together, in one item of at most 400 KB.
 * Holds no personal data in clear: identities and corrections are sealed under the request's own
 * key, which is destroyed when the request closes. Times are milliseconds since the Unix epoch.
 */
export interface DsrRequest {
  readonly schema: 1;
  /** The published DSR_ID; for OpenDSR the controller's `subject_request_id`. */
  readonly dsrId: string;
  /** Counts the writes; 1 after the first. A write names the version that it read. */
  readonly version: number;
  readonly type: RequestType;
  /** Key into the policy's regimes: `gdpr`, `ccpa`. */
  readonly regime: string;
  /** Who forwards the request: a controller's or agent's id; `direct` for the subject. */
  readonly controllerId: string;
  readonly channel: 'opendsr' | 'drp' | 'admin' | 'direct';
  /** Language tag of notices, such as `en`. */
  readonly language: string;
  readonly receivedAt: number;
  readonly updatedAt: number;
  /** Keyed hash of what was submitted, to tell a repeated submission from another one. */
  readonly intakeHash: string;

  readonly lifecycle: Lifecycle;
  readonly lifecycleSince: number;
  /** Why it stands there, as a code: `no-match`, `waiting-for-stores`. */
  readonly reason?: string | undefined;
  /** The request that this one repeats (lifecycle DUPLICATE). */
  readonly duplicateOf?: string | undefined;
  readonly clock: ClockState;
  readonly hold: Hold;
  readonly verification: Verification;
  readonly notification: Notification;

  readonly intent: Intent;
  readonly identity: IdentityCheck;
  readonly approvals: readonly Approval[];
  readonly subject: Subject;
  readonly tasks: readonly Task[];
  /** When the grace period before destructive work ends. */
  readonly graceUntil?: number | undefined;
  /** Whether work that changes data was ever handed out; a cancellation is then only partial. */
  readonly destructiveStarted: boolean;
  /** Where the access package lies, and until when the link to it lives. */
  readonly package?: { readonly reference: string; readonly expiresAt: number } | undefined;
  readonly receipt?: SignedReceipt | undefined;

  /** Whether a fulfilled restriction or objection was lifted again. */
  readonly lifted?: boolean | undefined;
  readonly callbackUrls: readonly string[];
  /** Names held in the store while the request is open, so that a second one is a duplicate. */
  readonly claims: readonly string[];
  /** When planning or concluding is tried, or tried again. */
  readonly workAt?: number | undefined;
  /** When administrators are reminded of what waits for them. */
  readonly remindAt?: number | undefined;
  /** Messages not yet accepted by whom they are for, oldest first. */
  readonly outbox: readonly OutboxMessage[];
  /** Counts all messages ever put in the outbox; the next message's number. */
  readonly outboxSeq: number;
  readonly audit: AuditHead;
  /** When the watcher must look again; undefined once closed. */
  readonly wakeAt?: number | undefined;
  /** When the key was destroyed and nothing more can happen. */
  readonly closedAt?: number | undefined;
}

/** What is kept of the data subject: hashes for searching, sealed boxes for working. */
interface Subject {
  /** Keyed hashes of the identities given and resolved, for search and receipts; see identity/. */
  readonly hashes: readonly string[];
  /** Whether the details hold an address for notices. */
  readonly contactable: boolean;
  /** Sealed {@link SubjectDetails}; gone once the request is closed. */
  readonly details?: SealedBox | undefined;
  /** Sealed {@link AliasSnapshot}; gone once the request is closed. */
  readonly aliases?: SealedBox | undefined;
}

/** One way in which a data subject is known: an identifier of the data map and its value. */
export interface Identity {
  readonly identifier: string;
  readonly value: string;
}

/** What intake gave, sealed at once. */
export interface SubjectDetails {
  readonly identities: readonly Identity[];
  /** Where notices go; absent when a controller or agent answers to the subject itself. */
  readonly contact?: { readonly kind: 'email'; readonly address: string } | undefined;
  /** For a rectification: field path to right value. */
  readonly corrections?: Readonly<Record<string, string>> | undefined;
}

/** Who the subject is in each store, resolved once and sealed. */
export interface AliasSnapshot {
  readonly takenAt: number;
  readonly identities: readonly Identity[];
}
