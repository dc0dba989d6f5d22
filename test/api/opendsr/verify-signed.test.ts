import { sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { verifySigned, type TrustedProcessors } from '../../../lib/api/opendsr/verify-signed.ts';
import { certificates, makeCertificates } from '../certificates.ts';

const DOMAIN = 'dsr.example.com';
const NOW = new Date('2026-02-01');
const body = Buffer.from('{"status_callback_url":"https://c.example/"}');

function check(
  change: {
    trusted?: Partial<TrustedProcessors>;
    headers?: Record<string, string>;
    body?: Uint8Array;
    now?: Date;
    key?: typeof certificates.leafKey;
  } = {},
) {
  const signature = sign('sha256', body, change.key ?? certificates.leafKey).toString('base64');
  const headers = {
    'x-opendsr-processor-domain': DOMAIN,
    'x-opendsr-signature': signature,
    ...change.headers,
  };
  const trusted = {
    certificates: { [DOMAIN]: certificates.leafPem },
    authorities: [certificates.caPem],
    ...change.trusted,
  };
  return verifySigned(trusted, new Headers(headers), change.body ?? body, change.now ?? NOW);
}

describe('a signed answer', () => {
  it('is valid under the current names of the headers and under the old ones', () => {
    expect(check().kind).toBe('valid');
    const signature = sign('sha256', body, certificates.leafKey).toString('base64');
    const old = new Headers({
      'X-OpenGDPR-Processor-Domain': DOMAIN,
      'X-OpenGDPR-Signature': signature,
    });
    const trusted = {
      certificates: { [DOMAIN]: certificates.leafPem },
      authorities: [certificates.caPem],
    };
    expect(verifySigned(trusted, old, body, NOW).kind).toBe('valid');
  });

  it('is refused with 401 for a domain that is not on the list', () => {
    for (const domain of ['evil.example.com', '', '__proto__', 'toString']) {
      const headers = { 'x-opendsr-processor-domain': domain };
      expect(check({ headers })).toEqual({
        kind: 'refused',
        status: 401,
        reason: 'unknown-domain',
      });
    }
  });

  it('is refused with 401 for a certificate that is no good', async () => {
    const [other, expired] = await Promise.all([
      makeCertificates('other.example.com'),
      makeCertificates(DOMAIN, { notAfter: new Date('2026-01-01') }),
    ]);
    const reasons = [
      check({ now: new Date('2036-01-01') }),
      check({
        trusted: { certificates: { [DOMAIN]: expired.leafPem }, authorities: [expired.caPem] },
        key: expired.leafKey,
      }),
      check({ trusted: { certificates: { [DOMAIN]: other.leafPem }, authorities: [other.caPem] } }),
      check({ trusted: { authorities: [other.caPem] } }),
      check({ trusted: { certificates: { [DOMAIN]: certificates.caPem } } }),
      check({ trusted: { certificates: { [DOMAIN]: 'rubbish' } } }),
      check({ trusted: { isRevoked: (serial) => serial === '02' } }),
    ];
    expect(reasons).toEqual(
      [
        'expired',
        'expired',
        'wrong-domain',
        'untrusted-issuer',
        'self-signed',
        'no-certificate',
        'revoked',
      ].map((reason) => ({ kind: 'refused', status: 401, reason })),
    );
  });

  it('is refused with 400 when the signature does not fit the raw body', async () => {
    const other = await makeCertificates(DOMAIN);
    for (const change of [
      { body: Buffer.concat([body, Buffer.from(' ')]) },
      { headers: { 'x-opendsr-signature': '' } },
      { headers: { 'x-opendsr-signature': 'AAAA' } },
      { key: other.leafKey },
    ]) {
      expect(check(change)).toEqual({ kind: 'refused', status: 400, reason: 'signature' });
    }
  });
});
