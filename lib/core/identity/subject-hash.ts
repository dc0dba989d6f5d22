import { createHmac } from 'node:crypto';
import type { DataMap } from '../data-map/schema.ts';
import type { Identity } from '../requests/model/request.ts';
import { normaliseIdentity } from './normalise-identity.ts';

/**
 * The keyed hash under which requests of a subject are found, and which receipts show: HMAC-SHA256
 * over identifier and normalised value, base64url. Without the key nobody can try values against it.
 */
export function subjectHash(key: Uint8Array, dataMap: DataMap, identity: Identity): string {
  const { identifier, value } = normaliseIdentity(dataMap, identity);
  return createHmac('sha256', key)
    .update(`lethe-subject/1\0${identifier}\0${value}`)
    .digest('base64url');
}

/** Hashes of several identities, each once, in an order that tells nothing of theirs. */
export function subjectHashes(
  key: Uint8Array,
  dataMap: DataMap,
  identities: readonly Identity[],
): readonly string[] {
  return [...new Set(identities.map((identity) => subjectHash(key, dataMap, identity)))].sort();
}
