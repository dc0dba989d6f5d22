import { verify, X509Certificate } from 'node:crypto';

/** What a controller trusts. */
export interface TrustedProcessors {
  /** Certificate with its chain (PEM), by processor domain: the allow-list. */
  certificates: Readonly<Record<string, string>>;
  /** Certificate authorities, PEM; `tls.rootCertificates` for those that Node trusts. */
  authorities: readonly string[];
  /** Whether a certificate (its serial number) was revoked, if the controller keeps such a list. */
  isRevoked?: (serialNumber: string) => boolean;
}

export type SignedOutcome =
  | { kind: 'valid'; value: unknown }
  /** `status`: what to answer a callback with. */
  | { kind: 'refused'; status: 400 | 401; reason: string };

/**
 * What a receiver does with a signed answer or callback, in the order in which it must: the domain is
 * on the allow-list, its certificate is valid, issued by a trusted authority and for that domain, the
 * signature fits the raw body; only then is the body read. Statuses as OpenDSR's security guidelines
 * have them. `ownUrl`: for a callback, the URL that it must name.
 */
export function verifySigned(
  trusted: TrustedProcessors,
  headers: Headers,
  body: Uint8Array,
  now: Date,
  ownUrl?: string,
): SignedOutcome {
  const domain = header(headers, 'Processor-Domain');
  const pem = Object.hasOwn(trusted.certificates, domain)
    ? trusted.certificates[domain]
    : undefined;
  if (pem === undefined) return refuse(401, 'unknown-domain');
  const chain = readChain(pem);
  const [leaf] = chain;
  if (leaf === undefined) return refuse(401, 'no-certificate');
  const fault = certificateFault(trusted, chain, domain, now);
  if (fault !== undefined) return refuse(401, fault);

  const signature = Buffer.from(header(headers, 'Signature'), 'base64');
  if (!verify('sha256', body, leaf.publicKey, signature)) return refuse(400, 'signature');
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    return refuse(400, 'not-json');
  }
  if (ownUrl !== undefined) {
    const named = (value as { status_callback_url?: unknown } | null)?.status_callback_url;
    if (named !== ownUrl) return refuse(400, 'not-for-us');
  }
  return { kind: 'valid', value };
}

function header(headers: Headers, name: string): string {
  return headers.get(`X-OpenDSR-${name}`) ?? headers.get(`X-OpenGDPR-${name}`) ?? '';
}

function readChain(pem: string): X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return blocks.map((block) => new X509Certificate(block));
}

function certificateFault(
  { authorities, isRevoked }: TrustedProcessors,
  chain: readonly X509Certificate[],
  domain: string,
  now: Date,
): string | undefined {
  const leaf = chain[0]!;
  if (leaf.checkIssued(leaf)) return 'self-signed';
  // The subject's common name does not count, only the alternative names do.
  if (leaf.checkHost(domain, { subject: 'never' }) === undefined) return 'wrong-domain';
  if (isRevoked?.(leaf.serialNumber) === true) return 'revoked';
  const roots = authorities.map((pem) => new X509Certificate(pem));
  for (const [depth, certificate] of chain.entries()) {
    if (now < new Date(certificate.validFrom) || now > new Date(certificate.validTo)) {
      return 'expired';
    }
    if (depth > 0 && !certificate.ca) return 'issuer-no-authority';
    if (roots.some((root) => isIssuedBy(certificate, root))) return undefined;
    const issuer = chain[depth + 1];
    if (issuer === undefined || !isIssuedBy(certificate, issuer)) return 'untrusted-issuer';
  }
  return 'untrusted-issuer';
}

function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

function refuse(status: 400 | 401, reason: string): SignedOutcome {
  return { kind: 'refused', status, reason };
}
