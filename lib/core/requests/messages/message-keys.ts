import { createHash, hkdfSync } from 'node:crypto';

/** A key of one sender, and the name under which whoever reads finds it. */
export interface MessageKey {
  /** `engine.<print>` or `store:<store>.<print>`; the print tells one generation from the next. */
  readonly keyId: string;
  /** 32 bytes, for HMAC-SHA-256. */
  readonly key: Uint8Array;
}

/** Whom a message must come from: the engine's functions, or the service that has the store. */
export type Sender = 'engine' | `store:${string}`;

/**
 * A sender's key, from the deployment's message secret (HKDF-SHA-256, RFC 5869). Who holds one of
 * them can't find the secret, nor another sender's key: a service is given its stores' keys alone.
 * @param secret 32 bytes or more
 */
export function messageKey(secret: Uint8Array, sender: Sender): MessageKey {
  const key = new Uint8Array(hkdfSync('sha256', secret, '', `lethe-message/1\0${sender}`, 32));
  const print = createHash('sha256').update('lethe-message-key-id\0').update(key).digest('hex');
  return { keyId: `${sender}.${print.slice(0, 16)}`, key };
}
