import type { Identity } from '../requests/model/request.ts';
import type { Operation } from '../requests/model/task.ts';

/** One call of the service protocol. */
export interface ServiceCall {
  /** Store of the data map. */
  readonly store: string;
  readonly operation: Operation;
  readonly dsrId: string;
  /**
   * With the dsrId the idempotency key: the same key again ends in the same state. The task's id; in
   * later rounds with `.r<round>` appended, since the work is wanted anew.
   */
  readonly taskId: string;
  /** The fence. A service answers `fenced` to a lower one than it has seen under the key. */
  readonly attempt: number;
  /** What change events must carry as their `reason`: `dsr:<dsrId>/<taskId>#<attempt>`. */
  readonly reason: string;
  /** The subject as this store knows them. */
  readonly identities: readonly Identity[];
  /** For `rectify`: field path to right value. */
  readonly corrections?: Readonly<Record<string, string>>;
}

/** Personal data for the access package: by value, or where the service has put it. */
type GatheredData =
  | { readonly kind: 'inline'; readonly records: readonly Readonly<Record<string, unknown>>[] }
  | { readonly kind: 'reference'; readonly location: string; readonly mediaType: string };

export type ServiceReply =
  | {
      readonly kind: 'done';
      readonly affected: number;
      readonly data?: GatheredData;
      readonly backupsExpireAt?: number;
      readonly undoableUntil?: number;
      /** Names the proof that the store keeps of it: no personal data. */
      readonly certificate?: string;
    }
  /** The work is accepted and goes on; change events tell its end, or a call at `checkAt` does. */
  | { readonly kind: 'accepted'; readonly checkAt: number }
  | { readonly kind: 'no-data' }
  | { readonly kind: 'exempt'; readonly basis: string; readonly keptUntil?: number }
  /** `retryable` false: the same call will never do (poison); a person must look. */
  | { readonly kind: 'failed'; readonly code: string; readonly retryable: boolean }
  /** A newer attempt has been seen. Not a failure: the newer one reports. */
  | { readonly kind: 'fenced' };

export type LookUpReply =
  | { readonly kind: 'absent' }
  /** `erasable` records of the subject remain. */
  | { readonly kind: 'present'; readonly erasable: number }
  | { readonly kind: 'failed'; readonly code: string };

/** All stores that hold personal data, behind the service protocol. */
export interface Services {
  call(call: ServiceCall): Promise<ServiceReply>;
  /** Whether the store still holds the subject: an independent look, not the erasure's own word. */
  lookUp(store: string, identities: readonly Identity[]): Promise<LookUpReply>;
}
