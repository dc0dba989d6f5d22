import { CertificateError, certificateFault } from '../runtime/certificate.ts';
import type { Log } from '../runtime/log.ts';
import { isSelfIssued } from './self-issue.ts';

export interface CertifySignerContext {
  /** Of the signing key, SPKI. */
  publicKeyPem: string;
  domain: string;
  /** What the secret holds now. */
  read: () => Promise<string>;
  write: (certificatePem: string) => Promise<void>;
  /** Makes a certificate for the key, with its chain. */
  issue: () => Promise<string>;
  log: Log;
}

export interface CertifySignerAnswer {
  /** `kept`: the certificate that was there is the key's, and names the domain. */
  readonly certificate: 'kept' | 'issued';
}

/**
 * Sees to it that the signing key has a certificate, so that a first deployment works: keeps one that
 * fits, and issues one where there is none or one of its own does not fit any more. Runs at every
 * deployment; twice is once.
 * @throws {CertificateError} where somebody else's certificate does not fit: theirs to mend.
 */
export async function certifySigner({
  publicKeyPem,
  domain,
  read,
  write,
  issue,
  log,
}: CertifySignerContext): Promise<CertifySignerAnswer> {
  const held = await read();
  const fault = certificateFault(held, publicKeyPem, domain);
  if (fault === undefined) {
    log.info('The certificate fits');
    return { certificate: 'kept' };
  }
  if (fault !== 'not-pem' && !isSelfIssued(held)) throw new CertificateError(fault);
  await write(await issue());
  log.info('A certificate was issued', { errorCode: fault });
  return { certificate: 'issued' };
}
