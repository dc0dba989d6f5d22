import { Buffer } from 'node:buffer';
import { createHmac, hkdfSync } from 'node:crypto';

import type { FilteredObject } from '../../ports/membership-filters.ts';

/** Of the tag at a filter's end. */
export const TAG_BYTES = 32;

/**
 * The keys of an archive's filters, all from one secret. Who has it can try values against a filter,
 * so it is as secret as the archive; without it a filter tells how many values there are, no more.
 */
export class FilterKey {
  /** Tells one key from another, and tells nothing of it. */
  readonly id: string;
  /** 16 bytes, for SipHash. */
  readonly hashKey: Uint8Array;
  readonly #sealKey: Uint8Array;
  readonly #nameKey: Uint8Array;

  /** @param secret at least 32 bytes. */
  constructor(secret: Uint8Array) {
    if (secret.length < 32) throw new RangeError('the key of the filters needs at least 32 bytes');
    this.hashKey = derive(secret, 'lethe filter hash', 16);
    this.#sealKey = derive(secret, 'lethe filter seal', 32);
    this.#nameKey = derive(secret, 'lethe filter name', 32);
    this.id = Buffer.from(derive(secret, 'lethe filter key id', 6)).toString('base64url');
  }

  /** The name under which an object's filter is kept: keys of objects may name people. */
  nameOf(objectKey: string): string {
    return createHmac('sha256', this.#nameKey).update(objectKey).digest('base64url');
  }

  /** Ties a filter to one content of one object; an ETag in clear may be a content's MD5. */
  bindingOf({ key, etag, size }: FilteredObject): string {
    const text = JSON.stringify([key, etag, size]);
    return createHmac('sha256', this.#nameKey).update(text).digest('base64url').slice(0, 22);
  }

  /** {@link TAG_BYTES} over a filter's bytes. */
  tagOf(bytes: Uint8Array): Buffer {
    return createHmac('sha256', this.#sealKey).update(bytes).digest();
  }
}

function derive(secret: Uint8Array, purpose: string, length: number): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, '', purpose, length));
}
