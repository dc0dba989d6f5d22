import { Buffer } from 'node:buffer';

import { SipHash } from '../../suppression/siphash.ts';

/**
 * Hashes tokens as assembly/collect.ts does: SipHash-2-4 of 8 bytes that stand for the path, then the
 * token's UTF-8. The path counts with its keys joined by dots, since a CSV column may be named so.
 */
export class TokenHasher {
  readonly #sip: SipHash;
  #message = Buffer.alloc(1024);

  /** @param key 16 bytes. */
  constructor(key: Uint8Array) {
    this.#sip = new SipHash(key);
  }

  /** 8 bytes. */
  prefixOf(segments: readonly string[]): Buffer {
    const { low, high } = this.#hash(Buffer.alloc(0), `path ${segments.join('.')}`);
    const prefix = Buffer.alloc(8);
    prefix.writeUInt32LE(low, 0);
    prefix.writeUInt32LE(high, 4);
    return prefix;
  }

  /** The hash's halves; valid until the next call. */
  hash(prefix: Uint8Array, token: string): { readonly low: number; readonly high: number } {
    return this.#hash(prefix, token);
  }

  #hash(prefix: Uint8Array, text: string): SipHash {
    const most = prefix.length + text.length * 3;
    if (most > this.#message.length) this.#message = Buffer.alloc(most * 2);
    this.#message.set(prefix);
    const length = prefix.length + this.#message.write(text, prefix.length, 'utf8');
    this.#sip.hash(this.#message, length);
    return this.#sip;
  }
}
