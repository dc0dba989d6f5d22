import type { DsrRequest } from '../requests/model/request.ts';

export type PackageOutcome =
  | { readonly kind: 'built'; readonly reference: string; readonly expiresAt: number }
  | { readonly kind: 'failed'; readonly code: string };

/** Makes the access or portability package from what was gathered. Twice gives the same package. */
export interface Packager {
  build(request: DsrRequest): Promise<PackageOutcome>;
}
