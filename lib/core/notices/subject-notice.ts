import type { NoticeName } from '../requests/model/outbox-message.ts';
import type { RequestType } from '../requests/model/request.ts';

/** Notices that the data subject gets by mail. The others go to administrators and systems. */
export const SUBJECT_NOTICES = [
  'verify-identity',
  'received',
  'verified',
  'begun',
  'delayed',
  'completed',
  'completed-with-exemptions',
  'failed',
  'refused',
  'duplicate',
  'expired',
  'cancelled',
  'cancelled-partial',
] as const satisfies readonly NoticeName[];
type SubjectNotice = (typeof SUBJECT_NOTICES)[number];

/** Codes of reasons that are put into words for the data subject; others are left out. */
export const TOLD_REASONS = [
  'complexity',
  'number-of-requests',
  'identity-locked',
  'identity-not-confirmed',
  'no-match',
] as const;
type ToldReason = (typeof TOLD_REASONS)[number];

/** What a text may be filled with. Days are already written out. */
export interface NoticeFill {
  organisation: string;
  due?: string;
  /** The reason in words, as a sentence. */
  reason?: string;
  /** The day on which the access package's link ends. */
  packageUntil?: string;
}

interface NoticeText {
  subject: string;
  paragraphs: readonly string[];
  /** Names the link, where the notice has one. */
  action?: string;
}

/** All texts of one language. A missing one does not compile. */
export interface NoticeTexts {
  types: Readonly<Record<RequestType, string>>;
  reasons: Readonly<Record<ToldReason, string>>;
  notices: Readonly<Record<SubjectNotice, (fill: NoticeFill, what: string) => NoticeText>>;
  packageAction: string;
  statusAction: string;
  reference: string;
}
