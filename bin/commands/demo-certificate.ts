import { canonicalHash } from '../../lib/core/audit/canonical-json.ts';
import { verifyCertificate } from '../../lib/core/erasure/certificate/verify-certificate.ts';
import type { ObjectStore } from '../../lib/core/ports/object-store.ts';
import type { SignedReceipt } from '../../lib/core/receipts/receipt.ts';

/** The archive's own proof, which the receipt names. */
export interface CheckedCertificate {
  readonly key: string;
  readonly verdict: string;
  /** `passed` when a second look has found no row. */
  readonly verification: string;
  readonly rows: number;
  readonly purgedVersions: number;
}

/** Reads the certificate that a receipt names, as an auditor would: with the public key alone. */
export async function checkCertificate(
  certificates: ObjectStore,
  { stores }: SignedReceipt['receipt'],
  publicKeyPem: string,
): Promise<CheckedCertificate | undefined> {
  const named = stores.find(({ certificate }) => certificate !== undefined)?.certificate;
  const [key = '', hash] = named?.split('#') ?? [];
  const stored = named === undefined ? undefined : await certificates.get(key);
  if (stored === undefined) return undefined;
  const parts: Uint8Array[] = [];
  for await (const part of stored.body) parts.push(Uint8Array.from(part));
  const lines = Buffer.concat(parts).toString('utf8').split('\n');
  const verdict = await verifyCertificate(lines, publicKeyPem);
  if (verdict.kind !== 'genuine' || verdict.certificate.format !== 'lethe-archive-certificate/1') {
    return { key, verdict: verdict.kind, verification: 'unknown', rows: 0, purgedVersions: 0 };
  }
  const { certificate } = verdict;
  return {
    key,
    verdict: canonicalHash(certificate) === hash ? 'genuine' : 'of another run',
    verification: certificate.verification,
    rows: certificate.totals.matched,
    purgedVersions: certificate.totals.purged,
  };
}
