import { createPublicKey, X509Certificate } from 'node:crypto';

/** The signing key has no certificate that fits. */
export class CertificateError extends Error {
  override readonly name = 'CertificateError';
  readonly code: string;

  constructor(code: string) {
    super(
      `The certificate's secret does not fit (${code}): put the signing key's certificate into it, with its chain, PEM; or invoke certify-signer`,
    );
    this.code = code;
  }
}

/**
 * What is wrong with a certificate, in a code: `not-pem`, `other-key`, `other-domain`.
 * @param pem the certificate first, then its chain
 * @param publicKeyPem of the key that signs, SPKI
 */
export function certificateFault(
  pem: string,
  publicKeyPem: string,
  domain: string,
): string | undefined {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(pem);
  } catch {
    return 'not-pem';
  }
  const isOurs = certificate.publicKey.equals(createPublicKey(publicKeyPem));
  if (!isOurs) return 'other-key';
  return certificate.checkHost(domain) === undefined ? 'other-domain' : undefined;
}
