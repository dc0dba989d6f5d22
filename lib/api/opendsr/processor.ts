import type { Signer } from '../../core/ports/signer.ts';
import type { IdentityType } from './schemas.ts';

/** Who we are to OpenDSR's controllers. */
export interface Processor {
  /** The host name under which the API is reached, and for which the certificate was issued. */
  domain: string;
  /** Where the API begins: `https://dsr.example.com`. No slash at the end. */
  baseUrl: string;
  /** The certificate with its chain, PEM; its key is the signer's. */
  certificatePem: string;
  /** RSA-SHA256: controllers verify PKCS#1 v1.5 over SHA-256; see signed-reply.ts. */
  signer: Signer;
  /** Which identifier of the data map an OpenDSR identity type stands for. Only `raw` is taken. */
  identities: Readonly<Partial<Record<IdentityType, string>>>;
  /** A link to the data subject's results, to hand to the controller; ms since the epoch. */
  resultsUrl: (dsrId: string, expiresAt: number) => string;
}
