import type { CallbackMessage } from '../requests/model/outbox-message.ts';
import type { DsrRequest } from '../requests/model/request.ts';

export type CallbackOutcome =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'failed'; readonly code: string }
  /** The URL may not be called (SSRF guard) or answered that it never will take it. */
  | { readonly kind: 'undeliverable'; readonly code: string };

/** Posts signed OpenDSR status callbacks; at least once. */
export interface Callbacks {
  post(
    message: Pick<CallbackMessage, 'url' | 'status'>,
    request: DsrRequest,
  ): Promise<CallbackOutcome>;
}
