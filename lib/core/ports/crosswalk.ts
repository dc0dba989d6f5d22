import type { Identity } from '../requests/model/request.ts';

export type Resolution =
  /** The golden record's natural keys in all stores, the given ones included. */
  | { readonly kind: 'resolved'; readonly identities: readonly Identity[] }
  /** Nobody is known by these identities. */
  | { readonly kind: 'unknown' }
  /** They belong to several people: a person must decide. */
  | { readonly kind: 'ambiguous' }
  | { readonly kind: 'failed'; readonly code: string };

/** Who is who: from one identity of a data subject to all of them. */
export interface Crosswalk {
  resolve(identities: readonly Identity[]): Promise<Resolution>;
}
