import type { NoticeOutcome } from '../../core/ports/notifier.ts';

/** What an attempt to send came to. */
export type SendOutcome =
  | Extract<NoticeOutcome, { kind: 'accepted' | 'undeliverable' }>
  /** The service refused it: it was not sent, and may be tried again. */
  | { readonly kind: 'refused'; readonly code: string }
  /** No answer: it may have been sent. */
  | { readonly kind: 'unclear'; readonly code: string };

/**
 * Refusals that the same mail meets for ever: they are about the recipient or the content.
 * Source: Amazon SES API v2 reference, SendEmail, errors.
 */
const FOREVER = new Set(['MessageRejected', 'BadRequestException']);

/** SES's word for an account in the sandbox, or a sender that it has not verified: ours to mend. */
const NOT_VERIFIED = /not verified|not authorized/i;

/**
 * Tells what became of a send from what the SDK threw. Everything else that the service answers with
 * a 4xx (MailFromDomainNotVerifiedException, AccountSuspendedException, SendingPausedException,
 * TooManyRequestsException, LimitExceededException, …) is about us, and ends when somebody mends it.
 */
export function outcomeOfError(error: unknown): SendOutcome {
  const { name, message } = error instanceof Error ? error : { name: '', message: '' };
  const status = statusOf(error);
  const code = /^[A-Za-z]{1,80}$/.test(name) ? name : 'unknown';
  if (status === undefined || status >= 500) return { kind: 'unclear', code };
  if (!FOREVER.has(name)) return { kind: 'refused', code };
  // The text is looked at and never passed on: it quotes the address.
  return NOT_VERIFIED.test(message)
    ? { kind: 'refused', code: 'identity-not-verified' }
    : { kind: 'undeliverable', code };
}

/** The HTTP status of what the service answered; undefined when there was no answer. */
function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('$metadata' in error)) return undefined;
  const { $metadata: metadata } = error;
  return typeof metadata === 'object' &&
    metadata !== null &&
    'httpStatusCode' in metadata &&
    typeof metadata.httpStatusCode === 'number'
    ? metadata.httpStatusCode
    : undefined;
}
