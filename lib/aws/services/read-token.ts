import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Clock } from '../../core/ports/clock.ts';
import { ServiceWireError } from '../../core/services/service-ports.ts';

/** How long a token is used before the secret is read again, ms. */
const FRESH = 5 * 60 * 1_000;
/** RFC 6750, section 2.1; no line break can get into a header. */
const TOKEN = /^[A-Za-z0-9._~+/-]{1,4096}={0,2}$/;

/** A bearer token from AWS Secrets Manager, read again every few minutes. */
export function secretToken(
  client: SecretsManagerClient,
  secretArn: string,
  clock: Clock,
): () => Promise<string> {
  let known: { readonly token: string; readonly until: number } | undefined;
  return async () => {
    if (known !== undefined && clock.now() < known.until) return known.token;
    const secret = await client
      .send(new GetSecretValueCommand({ SecretId: secretArn }))
      .catch((error: unknown) => {
        throw new ServiceWireError('token-not-read', error);
      });
    const token = secret.SecretString?.trim() ?? '';
    if (!TOKEN.test(token)) throw new ServiceWireError('token-malformed');
    known = { token, until: clock.now() + FRESH };
    return token;
  };
}
