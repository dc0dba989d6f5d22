import 'reflect-metadata';
import { KeyObject, webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

const RSA = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  publicExponent: new Uint8Array([1, 0, 1]),
};
const validity = {
  notBefore: new Date('2025-01-01T00:00:00Z'),
  notAfter: new Date('2035-01-01T00:00:00Z'),
};

function makeKeys(modulusLength: number) {
  return webcrypto.subtle.generateKey({ ...RSA, modulusLength }, true, ['sign', 'verify']);
}

/**
 * A small authority of our own, and a certificate that it issues.
 * @param bits short keys are quick to make; TLS takes 2048 at least
 */
export async function makeCertificates(
  domain: string,
  { bits = 1024, ...change }: Partial<typeof validity> & { bits?: number } = {},
) {
  x509.cryptoProvider.set(globalThis.crypto);
  const [authority, leaf] = await Promise.all([makeKeys(bits), makeKeys(bits)]);
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=Test Authority',
    serialNumber: '01',
    keys: authority,
    signingAlgorithm: RSA,
    ...validity,
    extensions: [new x509.BasicConstraintsExtension(true, 1, true)],
  });
  const certificate = await x509.X509CertificateGenerator.create({
    subject: 'CN=Test Processor',
    issuer: ca.subject,
    serialNumber: '02',
    publicKey: leaf.publicKey,
    signingKey: authority.privateKey,
    signingAlgorithm: RSA,
    ...validity,
    ...change,
    extensions: [new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: domain }])],
  });
  return {
    caPem: `${ca.toString('pem')}\n`,
    leafPem: `${certificate.toString('pem')}\n`,
    leafKey: KeyObject.from(leaf.privateKey),
  };
}

export const certificates = await makeCertificates('dsr.example.com');
