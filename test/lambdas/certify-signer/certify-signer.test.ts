import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { certifySigner } from '../../../lambdas/certify-signer/certify-signer.ts';
import { selfIssue } from '../../../lambdas/certify-signer/self-issue.ts';
import { certificateFault } from '../../../lambdas/runtime/certificate.ts';
import { certificates } from '../../api/certificates.ts';
import { recordingLog } from '../../fakes/recording-log.ts';

const NOW = Date.UTC(2026, 0, 5);
const DOMAIN = 'dsr.example.com';
const publicPem = (): string =>
  generateKeyPairSync('rsa', { modulusLength: 2048 })
    .publicKey.export({ type: 'spki', format: 'pem' })
    .toString();
const ours = publicPem();

describe('the signing key’s certificate', () => {
  const run = async (before: string, domain = DOMAIN) => {
    let held = before;
    const writes: string[] = [];
    const answer = await certifySigner({
      publicKeyPem: ours,
      domain,
      read: () => Promise.resolve(held),
      write: (pem) => {
        held = pem;
        writes.push(pem);
        return Promise.resolve();
      },
      issue: () => selfIssue(ours, domain, NOW),
      log: recordingLog(),
    });
    return { answer, held, writes };
  };

  it('is issued where the secret holds none, and kept from then on', async () => {
    const first = await run('a generated password');
    expect(first.answer).toEqual({ certificate: 'issued' });
    const second = await run(first.held);
    expect(second.answer).toEqual({ certificate: 'kept' });
    expect(second.writes).toEqual([]);
  });

  it('names the domain, is for the very key, and comes with the authority that signed it', async () => {
    const { held } = await run('');
    const [leaf, authority] = held
      .split(/(?<=-----END CERTIFICATE-----)\n+/)
      .filter((pem) => pem.trim() !== '')
      .map((pem) => new X509Certificate(pem));
    expect(leaf?.checkHost(DOMAIN)).toBe(DOMAIN);
    expect(leaf?.publicKey.export({ type: 'spki', format: 'pem' })).toBe(ours);
    expect(authority?.ca).toBe(true);
    expect(leaf?.verify(authority!.publicKey)).toBe(true);
  });

  it('is issued anew for another key or another domain', async () => {
    const { held } = await run('');
    expect(certificateFault(held, ours, DOMAIN)).toBeUndefined();
    expect(certificateFault(held, publicPem(), DOMAIN)).toBe('other-key');
    expect(certificateFault(held, ours, 'privacy.example.com')).toBe('other-domain');
    expect(certificateFault('-----BEGIN CERTIFICATE-----', ours, DOMAIN)).toBe('not-pem');
    expect((await run(held, 'privacy.example.com')).answer).toEqual({ certificate: 'issued' });
  });

  it('is never written over when somebody else issued it, but asked to be mended', async () => {
    await expect(run(certificates.leafPem)).rejects.toMatchObject({
      name: 'CertificateError',
      code: 'other-key',
    });
  });
});
