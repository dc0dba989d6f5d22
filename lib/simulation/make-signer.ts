import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import type { Signer } from '../core/ports/signer.ts';

/** PKCS#8 around a raw Ed25519 key is a fixed prefix (RFC 8410). */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

/** A signer from 32 bytes, so that a seed determines it, and what verifies its signatures. */
export function makeSigner(seed: Uint8Array): { signer: Signer; publicKeyPem: string } {
  const der = Buffer.concat([PKCS8_PREFIX, seed]);
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  return {
    signer: {
      alg: 'Ed25519',
      keyId: 'simulation',
      sign: (bytes) => Promise.resolve(sign(null, bytes, key)),
    },
    publicKeyPem: createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString(),
  };
}
