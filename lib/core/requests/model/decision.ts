import type { AuditDraft } from '../../audit/audit-entry.ts';
import type { OutboxDraft } from './outbox-message.ts';
import type { DsrRequest } from './request.ts';

/** Why something was not done; the request stays as it was. */
export type Refusal =
  | { readonly code: 'not-found' }
  /** The request's state does not allow it. */
  | { readonly code: 'illegal-transition'; readonly from: string; readonly to: string }
  | { readonly code: 'wrong-state'; readonly state: string }
  | { readonly code: 'already-done' }
  /** Not for this kind of actor. */
  | { readonly code: 'not-allowed' }
  /** Four-eyes: the same administrator may not approve twice. */
  | { readonly code: 'same-approver' }
  | { readonly code: 'bad-reason' }
  /** The law: extended already, too late to extend, no pause in this regime. */
  | { readonly code: 'not-by-law'; readonly rule: string }
  | { readonly code: 'nothing-to-retry' }
  | { readonly code: 'unknown-task'; readonly tasks: readonly string[] }
  | { readonly code: 'not-undoable'; readonly tasks: readonly string[] }
  | { readonly code: 'wrong-token'; readonly triesLeft: number }
  | { readonly code: 'token-expired' }
  | { readonly code: 'locked' }
  /** The stored request cannot be worked with now: a port failed. Try again. */
  | { readonly code: 'busy' };

/** What a pure verb answers. Numbers, hashes and the version are given when it is committed. */
export type Decision =
  | {
      readonly kind: 'decided';
      readonly request: DsrRequest;
      readonly audit: readonly AuditDraft[];
      readonly outbox: readonly OutboxDraft[];
      /** Names that the request must hold alone once this is written. */
      readonly claim: readonly string[];
    }
  | { readonly kind: 'unchanged'; readonly request: DsrRequest }
  | { readonly kind: 'refused'; readonly refusal: Refusal };
