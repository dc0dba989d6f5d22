import type { NoticeName } from '../requests/model/outbox-message.ts';
import type { RequestType } from '../requests/model/request.ts';

/** A notice with its recipient. The only place where an address meets a notice. */
export interface Notice {
  readonly name: NoticeName;
  readonly audience: 'subject' | 'administrators' | 'systems';
  /** Mail address of the subject; absent for other audiences, which have topics of their own. */
  readonly address?: string;
  readonly language: string;
  readonly dsrId: string;
  readonly type: RequestType;
  /** For the template; may hold a one-time token, so it is no more to be logged than the address. */
  readonly facts: Readonly<Record<string, string | number>>;
}

export type NoticeOutcome =
  | { readonly kind: 'accepted' }
  /** This key was accepted before; nothing was sent now. */
  | { readonly kind: 'already-accepted' }
  | { readonly kind: 'failed'; readonly code: string }
  /** Will never arrive: a refused or malformed address. */
  | { readonly kind: 'undeliverable'; readonly code: string };

/** Sends notices. Accepts each dedupe key at most once, whatever crashes and repeats. */
export interface Notifier {
  send(notice: Notice, dedupeKey: string): Promise<NoticeOutcome>;
}
