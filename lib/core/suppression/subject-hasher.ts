import { Buffer } from 'node:buffer';
import { createHmac, hkdfSync } from 'node:crypto';
import { SipHash } from './siphash.ts';

/**
 * Turns a data subject's identifier into the keyed hash under which the suppression list knows it:
 * 40 bytes, base64url, of which the first 8 are SipHash-2-4 (the probe) and the other 32 are
 * HMAC-SHA256, both over identifier name, a zero byte and the normalised value, under keys derived
 * from the list's key.
 *
 * Why both: every consenting event must be looked up while it streams. The probe costs some tens of
 * nanoseconds and says "surely not on the list" for all but 1 in 10^13 of the others; only when it is
 * found the HMAC is computed and decides. Without the key neither tells anything of the value.
 */
export class SubjectHasher {
  /** 16 bytes; for a scanner that computes probes itself. Keep it as secret as the key. */
  readonly probeKey: Uint8Array;
  readonly #hmacKey: Uint8Array;
  readonly #sip: SipHash;
  #message = Buffer.alloc(256);

  /** @param key The list's secret, at least 32 bytes. */
  constructor(key: Uint8Array) {
    if (key.length < 32) throw new RangeError('the suppression key needs at least 32 bytes');
    this.probeKey = derive(key, 'lethe suppression probe', 16);
    this.#hmacKey = derive(key, 'lethe suppression hmac', 32);
    this.#sip = new SipHash(this.probeKey);
  }

  /** The probe of a subject, low and high half; valid until the next call. */
  probe(identifier: string, normalised: string): SipHash {
    const most = 3 * (identifier.length + normalised.length) + 1;
    if (most > this.#message.length) this.#message = Buffer.alloc(most * 2);
    const length = this.#message.write(`${identifier}\0${normalised}`, 'utf8');
    this.#sip.hash(this.#message, length);
    return this.#sip;
  }

  /** All 40 bytes. */
  hash(identifier: string, normalised: string): Buffer {
    const { low, high } = this.probe(identifier, normalised);
    const hash = Buffer.alloc(SUBJECT_HASH_BYTES);
    hash.writeUInt32LE(low, 0);
    hash.writeUInt32LE(high, 4);
    createHmac('sha256', this.#hmacKey)
      .update(`${identifier}\0${normalised}`)
      .digest()
      .copy(hash, 8);
    return hash;
  }
}

export const SUBJECT_HASH_BYTES = 40;

/** A subject's name on the suppression list; `normalised` comes from normaliseIdentifier. */
export function subjectHash(key: Uint8Array, identifier: string, normalised: string): string {
  return new SubjectHasher(key).hash(identifier, normalised).toString('base64url');
}

function derive(key: Uint8Array, purpose: string, length: number): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', key, '', purpose, length));
}
