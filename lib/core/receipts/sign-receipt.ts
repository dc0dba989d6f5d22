import { createPublicKey, verify, type KeyObject } from 'node:crypto';
import { canonicalJson } from '../audit/canonical-json.ts';
import type { Signer } from '../ports/signer.ts';
import type { Receipt, SignedReceipt } from './receipt.ts';

export async function signReceipt(signer: Signer, receipt: Receipt): Promise<SignedReceipt> {
  return { receipt, signature: await signCanonical(signer, receipt) };
}

/** Signs the UTF-8 bytes of a document's canonical JSON (RFC 8785). */
export async function signCanonical(
  signer: Signer,
  document: object,
): Promise<SignedReceipt['signature']> {
  const value = await signer.sign(Buffer.from(canonicalJson(document)));
  return {
    alg: signer.alg,
    keyId: signer.keyId,
    value: Buffer.from(value).toString('base64url'),
  };
}

export type ReceiptVerdict =
  | { readonly kind: 'genuine' }
  /** The receipt, the signature or the key is not what was issued. */
  | { readonly kind: 'not-genuine' }
  | { readonly kind: 'unusable-key' };

/**
 * Whether a receipt is as it was signed. Needs nothing but the issuer's public key (PEM): no network,
 * no account. The algorithm follows from the key, never from what the receipt says.
 */
export function verifyReceipt(signed: SignedReceipt, publicKeyPem: string): ReceiptVerdict {
  return verifyCanonical(signed.receipt, signed.signature, publicKeyPem);
}

/** Whether a document is as {@link signCanonical} signed it. */
export function verifyCanonical(
  document: object,
  signature: SignedReceipt['signature'],
  publicKeyPem: string,
): ReceiptVerdict {
  let key: KeyObject;
  try {
    key = createPublicKey(publicKeyPem);
  } catch {
    return { kind: 'unusable-key' };
  }
  const digest = DIGEST[key.asymmetricKeyType ?? ''];
  if (digest === undefined) return { kind: 'unusable-key' };
  if (signature.alg !== digest.alg) return { kind: 'not-genuine' };
  const genuine = verify(
    digest.hash,
    Buffer.from(canonicalJson(document)),
    key,
    Buffer.from(signature.value, 'base64url'),
  );
  return { kind: genuine ? 'genuine' : 'not-genuine' };
}

const DIGEST: Readonly<
  Record<string, { readonly alg: Signer['alg']; readonly hash: string | null } | undefined>
> = {
  ed25519: { alg: 'Ed25519', hash: null },
  rsa: { alg: 'RSA-SHA256', hash: 'sha256' },
};
