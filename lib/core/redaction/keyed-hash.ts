import { Buffer } from 'node:buffer';
import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

/** `hmac:` + 43 characters of hash + `:` + 22 of proof, base64url. */
const TOKEN = /^hmac:([A-Za-z0-9_-]{43}):([A-Za-z0-9_-]{22})$/;
const PROOF_BYTES = 16;

/**
 * Replaces values by keyed hashes that joins can still use: equal texts, and numbers of equal value
 * (12345, 12345.0 and "12345"), get equal tokens `hmac:<hash>:<proof>`.
 *
 * The proof is a second HMAC, over the hash. Only who has the key can make one, so that a token may
 * be told from a clear value that merely looks like one: our own tokens are left as they are (twice
 * equals once), a forged one is hashed like any text. After a change of key, old tokens are foreign.
 */
export class KeyedHash {
  readonly #hashKey: Uint8Array;
  readonly #proofKey: Uint8Array;

  /** @param key At least 32 bytes. */
  constructor(key: Uint8Array) {
    if (key.length < 32) throw new RangeError('the hash key needs at least 32 bytes');
    this.#hashKey = derive(key, 'lethe redaction hash');
    this.#proofKey = derive(key, 'lethe redaction proof');
  }

  /** The token of a value, given as its canonical text; a token of ours is its own. */
  token(text: string): string {
    return this.#isOwn(text)
      ? text
      : this.#make(createHmac('sha256', this.#hashKey).update(text).digest());
  }

  #make(hash: Buffer): string {
    return `hmac:${hash.toString('base64url')}:${this.#proof(hash).toString('base64url')}`;
  }

  #isOwn(text: string): boolean {
    const parts = TOKEN.exec(text);
    if (parts === null) return false;
    const hash = Buffer.from(parts[1]!, 'base64url');
    // The last character of 43 has two bits to spare: only one writing of a token is ours.
    return (
      timingSafeEqual(Buffer.from(parts[2]!, 'base64url'), this.#proof(hash)) &&
      text === this.#make(hash)
    );
  }

  #proof(hash: Buffer): Buffer {
    return createHmac('sha256', this.#proofKey).update(hash).digest().subarray(0, PROOF_BYTES);
  }
}

function derive(key: Uint8Array, purpose: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', key, '', purpose, 32));
}
