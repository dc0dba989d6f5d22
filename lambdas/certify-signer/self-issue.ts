import 'reflect-metadata';
import { createPublicKey, webcrypto, X509Certificate } from 'node:crypto';
import * as x509 from '@peculiar/x509';

const RSA = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  publicExponent: new Uint8Array([1, 0, 1]),
};
const YEAR = 365 * 86_400_000;
/** As our authorities call themselves; a domain follows. */
const AUTHORITY = 'CN=Lethe for ';

/**
 * A certificate for a public key, from an authority that is made for it alone and whose private key is
 * thrown away: whoever verifies trusts that authority by hand, until a real one has signed.
 * @param publicKeyPem SPKI
 * @param now ms since the epoch
 * @returns the certificate and its authority's, PEM
 */
export async function selfIssue(
  publicKeyPem: string,
  domain: string,
  now: number,
): Promise<string> {
  const authority = await webcrypto.subtle.generateKey({ ...RSA, modulusLength: 3072 }, true, [
    'sign',
    'verify',
  ]);
  const validity = { notBefore: new Date(now), notAfter: new Date(now + 10 * YEAR) };
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    name: `${AUTHORITY}${domain}`,
    serialNumber: '01',
    keys: authority,
    signingAlgorithm: RSA,
    ...validity,
    extensions: [new x509.BasicConstraintsExtension(true, 1, true)],
  });
  const spki = createPublicKey(publicKeyPem).export({ type: 'spki', format: 'der' });
  const certificate = await x509.X509CertificateGenerator.create({
    subject: `CN=${domain}`,
    issuer: ca.subject,
    serialNumber: '02',
    publicKey: await webcrypto.subtle.importKey('spki', spki, RSA, true, ['verify']),
    signingKey: authority.privateKey,
    signingAlgorithm: RSA,
    ...validity,
    extensions: [new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: domain }])],
  });
  return `${certificate.toString('pem')}\n${ca.toString('pem')}\n`;
}

/** Whether a certificate is one of {@link selfIssue}. @param pem readable as one */
export function isSelfIssued(pem: string): boolean {
  return new X509Certificate(pem).issuer.startsWith(AUTHORITY);
}
