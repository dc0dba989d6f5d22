import { Buffer } from 'node:buffer';

import type { ObjectStore } from '../../ports/object-store.ts';
import { verifyCanonical } from '../../receipts/sign-receipt.ts';
import type { Certificate, CertificateEntry, SignedProof, UndoExpiry } from './certificate.ts';
import { CertificateChain, emptyHead } from './chain.ts';

export type CertificateVerdict =
  | { readonly kind: 'genuine'; readonly certificate: Certificate | UndoExpiry }
  /** The certificate, the signature or the key is not what was issued. */
  | { readonly kind: 'not-genuine' }
  /** The first line at which the file is not what was signed, from 1. */
  | { readonly kind: 'altered'; readonly line: number }
  | { readonly kind: 'unusable-key' }
  | { readonly kind: 'malformed'; readonly line: number };

/** The certificate that the run has written is not there, or is none. */
class CertificateMissing extends Error {
  override readonly name = 'CertificateMissing';
}

/**
 * Whether a certificate's file is as it was signed: every line there, in order, unchanged. Needs the
 * issuer's public key (PEM) and nothing else. Lines come without their ends.
 */
export async function verifyCertificate(
  lines: AsyncIterable<string> | Iterable<string>,
  publicKeyPem: string,
): Promise<CertificateVerdict> {
  let chain: CertificateChain | undefined;
  let first: string | undefined;
  let proof: SignedProof<Certificate | UndoExpiry> | undefined;
  let line = 0;
  for await (const text of lines) {
    line++;
    if (text === '') continue;
    const value = parse(text);
    if (value === undefined) return { kind: 'malformed', line };
    if (proof !== undefined) return { kind: 'altered', line };
    if (isProof(value)) {
      proof = value;
      continue;
    }
    const entry = value as CertificateEntry;
    first ??= entry.previous;
    chain ??= new CertificateChain(entry.previous);
    if (!chain.follow(entry)) return { kind: 'altered', line };
  }
  if (proof === undefined) return { kind: 'malformed', line: line + 1 };
  const { certificate, signature } = proof;
  const verdict = verifyCanonical(certificate, signature, publicKeyPem);
  if (verdict.kind !== 'genuine') return verdict;
  if (certificate.format === 'lethe-undo-expiry/1') {
    return chain === undefined ? { kind: 'genuine', certificate } : { kind: 'altered', line: 1 };
  }
  const begin = emptyHead(certificate.runId);
  if (first !== undefined && first !== begin) return { kind: 'altered', line: 1 };
  const { count, head } = chain ?? { count: 0, head: begin };
  const isWhole = count === certificate.entries.count && head === certificate.entries.head;
  return isWhole ? { kind: 'genuine', certificate } : { kind: 'altered', line };
}

/** The signed line of a certificate in its store. */
export async function lastProof(
  store: ObjectStore,
  key: string,
): Promise<SignedProof<Certificate>> {
  const stored = await store.get(key);
  if (stored === undefined) throw new CertificateMissing(`there is no ${key}`);
  let rest = '';
  for await (const chunk of stored.body) {
    const lines = (rest + Buffer.from(chunk).toString('latin1')).split('\n');
    // A line is wanted only if none follows it.
    rest = lines.slice(-2).join('\n');
  }
  const last = Buffer.from(rest.trimEnd().split('\n').at(-1) ?? '', 'latin1').toString('utf8');
  const value = parse(last);
  if (value === undefined || !isProof(value)) {
    throw new CertificateMissing(`${key} does not end in a signed certificate`);
  }
  return value as SignedProof<Certificate>;
}

function parse(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function isProof(value: object): value is SignedProof<Certificate | UndoExpiry> {
  if (!('certificate' in value && 'signature' in value)) return false;
  const { certificate, signature } = value;
  return isObject(certificate) && isObject(signature) && typeof signature['value'] === 'string';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
