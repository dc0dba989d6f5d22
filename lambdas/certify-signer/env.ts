import type { EnvSpec } from '../runtime/env.ts';

/** Variables of the function that makes the signing key's first certificate. */
export const certifySignerEnv = {
  /** KMS key (RSA, SIGN_VERIFY) that the certificate is for: its ARN. */
  SIGNING_KMS_KEY: { type: 'string' },
  /** Secret that takes the certificate with its chain, PEM. */
  CERTIFICATE_SECRET: { type: 'string' },
  /** OpenDSR's processor domain, which the certificate names. */
  DOMAIN: { type: 'string' },
} as const satisfies EnvSpec;
