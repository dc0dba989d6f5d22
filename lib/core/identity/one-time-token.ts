import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/**
 * The token of a verification link. Derived from the request's key, so that a repeated delivery of
 * the mail carries the same link and the clear token is stored nowhere. 32 bytes, base64url.
 */
export function identityToken(requestKey: Uint8Array, dsrId: string): string {
  return createHmac('sha256', requestKey).update(`lethe-identity/1\0${dsrId}`).digest('base64url');
}

/** What is stored of a token: SHA-256, base64url. */
export function tokenHash(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}

/** Whether a token is the one whose hash is kept; takes the same time whatever differs. */
export function tokenMatches(token: string, hash: string): boolean {
  const given = createHash('sha256').update(token).digest();
  const kept = Buffer.from(hash, 'base64url');
  return kept.length === given.length && timingSafeEqual(given, kept);
}
