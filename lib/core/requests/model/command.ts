/** Who acts. Ids are opaque (a Cognito sub, a key's id), never a name or an address. */
export type Actor =
  | { readonly kind: 'system'; readonly id: string }
  | { readonly kind: 'administrator'; readonly id: string }
  | { readonly kind: 'agent'; readonly id: string }
  | { readonly kind: 'subject' };

/**
 * What a person may ask of a request under way. Reasons are codes (`[a-z][a-z0-9-]*`, at most 64
 * characters), since free text would carry personal data into the audit trail.
 */
export type Command =
  | { readonly kind: 'approve' }
  | { readonly kind: 'reject'; readonly reason: string }
  | { readonly kind: 'pause'; readonly reason: string }
  | {
      readonly kind: 'legal-hold';
      readonly reason: string;
      readonly scope: 'all' | readonly string[];
    }
  | { readonly kind: 'release' }
  /** Lengthens the law's period, once. */
  | { readonly kind: 'extend'; readonly reason: string }
  /** Stops the law's clock while the subject owes an answer, where the regime allows. */
  | { readonly kind: 'pause-clock'; readonly reason: string }
  | { readonly kind: 'resume-clock' }
  /** Sends failed tasks out again; all of them, or those named. */
  | { readonly kind: 'retry'; readonly tasks?: readonly string[] | undefined }
  | { readonly kind: 'cancel'; readonly reason: string }
  /** Gives back what was taken, where every store still can, then ends cancelled. */
  | { readonly kind: 'undo'; readonly reason: string }
  /** Ends a fulfilled restriction or objection: the subject's events flow again. */
  | { readonly kind: 'lift'; readonly reason: string };
