import { createCipheriv, createDecipheriv } from 'node:crypto';

/** Bytes that only the request's key opens: AES-256-GCM, all members base64url. */
export interface SealedBox {
  readonly alg: 'A256GCM';
  readonly nonce: string;
  readonly ciphertext: string;
  readonly tag: string;
}

/** 96 bits, the nonce length that GCM is specified for (NIST SP 800-38D, 5.2.1.1). */
export const NONCE_BYTES = 12;

/** A box that does not open: another key, another purpose, or altered bytes. Holds no content. */
export class SealBrokenError extends Error {
  override readonly name = 'SealBrokenError';
}

/**
 * Seals a JSON value. `purpose` is bound in (as associated data): a box of one request or field does
 * not open as another's. `nonce` must be {@link NONCE_BYTES} fresh random bytes.
 */
export function seal(
  key: Uint8Array,
  purpose: string,
  value: unknown,
  nonce: Uint8Array,
): SealedBox {
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(Buffer.from(purpose));
  const ciphertext = Buffer.concat([cipher.update(JSON.stringify(value)), cipher.final()]);
  return {
    alg: 'A256GCM',
    nonce: Buffer.from(nonce).toString('base64url'),
    ciphertext: ciphertext.toString('base64url'),
    tag: cipher.getAuthTag().toString('base64url'),
  };
}

/** @throws {SealBrokenError} */
export function unseal(key: Uint8Array, purpose: string, box: SealedBox): unknown {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(box.nonce, 'base64url'), {
      authTagLength: 16,
    });
    decipher.setAAD(Buffer.from(purpose));
    decipher.setAuthTag(Buffer.from(box.tag, 'base64url'));
    const plain = Buffer.concat([
      decipher.update(Buffer.from(box.ciphertext, 'base64url')),
      decipher.final(),
    ]);
    return JSON.parse(plain.toString()) as unknown;
  } catch {
    // No cause: a parser's message would quote the content.
    throw new SealBrokenError(`The sealed box "${purpose}" does not open with this key.`);
  }
}
