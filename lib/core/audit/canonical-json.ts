import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';

/** JSON with one writing per value (RFC 8785), so that a hash or signature over it is stable. */
export function canonicalJson(value: object): string {
  return canonicalize(value)!;
}

/** SHA-256 over the canonical JSON, base64url. */
export function canonicalHash(value: object): string {
  return createHash('sha256').update(canonicalJson(value)).digest('base64url');
}
