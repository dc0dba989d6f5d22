import type { Lifecycle, RequestType } from '../requests/model/request.ts';
import type { Operation, TaskState } from '../requests/model/task.ts';

/** What one store did, as an auditor reads it. Times in ISO 8601, UTC. */
export interface ReceiptStore {
  readonly store: string;
  readonly area: string;
  readonly operation: Operation;
  readonly outcome: TaskState;
  readonly affected?: number;
  readonly exemptionBasis?: string;
  readonly keptUntil?: string;
  readonly backupsExpireAt?: string;
  /** Until then the store could still give back what was erased; after that, nobody can. */
  readonly undoableUntil?: string;
  /** The store's own proof: for the archive, key and hash of the run's certificate. */
  readonly certificate?: string;
}

/** The proof of a request's end. No personal data: subjects are keyed hashes. */
export interface Receipt {
  readonly format: 'lethe-receipt/1';
  readonly dsrId: string;
  readonly type: RequestType;
  readonly regime: string;
  readonly outcome: Lifecycle;
  readonly reason?: string;
  readonly receivedAt: string;
  readonly due: string;
  readonly endedAt: string;
  readonly inTime: boolean;
  readonly verification: string;
  /** HMAC-SHA256 of each identity, base64url; whoever holds the key and the value can recompute it. */
  readonly subjects: readonly string[];
  readonly stores: readonly ReceiptStore[];
  /** The audit chain's last link when the receipt was written. */
  readonly audit: { readonly seq: number; readonly hash: string };
}

export interface SignedReceipt {
  readonly receipt: Receipt;
  readonly signature: {
    readonly alg: 'Ed25519' | 'RSA-SHA256';
    readonly keyId: string;
    /** Over the UTF-8 bytes of the receipt's canonical JSON (RFC 8785), base64url. */
    readonly value: string;
  };
}
