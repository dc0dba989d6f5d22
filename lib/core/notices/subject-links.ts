import { createHmac, timingSafeEqual } from 'node:crypto';

/** What a link lets its holder do. */
export type LinkPurpose = 'status' | 'package';

export type OpenedLink =
  | { kind: 'valid'; dsrId: string }
  | { kind: 'expired'; dsrId: string }
  /** Forged, mangled, or made for another purpose. */
  | { kind: 'invalid' };

/** `<dsrId>.<expiry, seconds in base 36>.<MAC>` */
const LINK = /^([0-9a-f-]{36})\.([0-9a-z]{1,9})\.([A-Za-z0-9_-]{43})$/;

/**
 * The token of a link that only the data subject has: whoever holds it may see this request's status,
 * or fetch its package, until it expires. Nothing is stored: the MAC binds purpose, request and
 * expiry, so that the same notice sent again carries the same link.
 *
 * @param key 32 bytes, the deployment's own
 * @param expiresAt ms since the epoch
 */
export function makeLink(
  key: Uint8Array,
  purpose: LinkPurpose,
  dsrId: string,
  expiresAt: number,
): string {
  const expiry = Math.ceil(expiresAt / 1_000).toString(36);
  return `${dsrId}.${expiry}.${mac(key, purpose, dsrId, expiry).toString('base64url')}`;
}

export function openLink(
  key: Uint8Array,
  purpose: LinkPurpose,
  token: string,
  now: number,
): OpenedLink {
  const [, dsrId, expiry, given] = LINK.exec(token) ?? [];
  if (dsrId === undefined || expiry === undefined || given === undefined)
    return { kind: 'invalid' };
  const matches = timingSafeEqual(
    Buffer.from(given, 'base64url'),
    mac(key, purpose, dsrId, expiry),
  );
  if (!matches) return { kind: 'invalid' };
  return { kind: parseInt(expiry, 36) * 1_000 > now ? 'valid' : 'expired', dsrId };
}

function mac(key: Uint8Array, purpose: LinkPurpose, dsrId: string, expiry: string): Buffer {
  return createHmac('sha256', key).update(`lethe-link/1\0${purpose}\0${dsrId}\0${expiry}`).digest();
}
