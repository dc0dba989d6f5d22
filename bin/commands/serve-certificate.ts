import 'reflect-metadata';
import { createPrivateKey, createPublicKey, webcrypto } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import * as x509 from '@peculiar/x509';
import { replaceFile, unlessMissing } from '../../lib/local/durable-files.ts';

const RSA = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  publicExponent: new Uint8Array([1, 0, 1]),
};
const YEAR = 365 * 86_400_000;

/**
 * The certificate of this machine's API, with that of an authority made for it alone; kept in a file.
 * Whoever wants to verify signatures trusts that authority by hand: no public one vouches for a
 * machine without a public name.
 */
export async function readCertificate(
  path: string,
  privateKeyPem: string,
  domain: string,
  now: number,
): Promise<string> {
  const known = await unlessMissing(readFile(path, 'utf8'));
  if (known !== undefined) return known;
  const authority = await webcrypto.subtle.generateKey({ ...RSA, modulusLength: 3072 }, true, [
    'sign',
    'verify',
  ]);
  const validity = { notBefore: new Date(now), notAfter: new Date(now + 10 * YEAR) };
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=Lethe on this machine',
    serialNumber: '01',
    keys: authority,
    signingAlgorithm: RSA,
    ...validity,
    extensions: [new x509.BasicConstraintsExtension(true, 1, true)],
  });
  const spki = createPublicKey(createPrivateKey(privateKeyPem)).export({
    type: 'spki',
    format: 'der',
  });
  const certificate = await x509.X509CertificateGenerator.create({
    subject: `CN=${domain}`,
    issuer: ca.subject,
    serialNumber: '02',
    publicKey: await webcrypto.subtle.importKey('spki', spki, RSA, true, ['verify']),
    // Thrown away after this one signature.
    signingKey: authority.privateKey,
    signingAlgorithm: RSA,
    ...validity,
    extensions: [new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: domain }])],
  });
  const pem = `${certificate.toString('pem')}\n${ca.toString('pem')}\n`;
  await replaceFile(path, pem);
  return pem;
}
