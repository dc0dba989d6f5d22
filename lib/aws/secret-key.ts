import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

const LEAST_BYTES = 32;

/** A secret that holds no usable key. */
class SecretKeyError extends Error {
  override readonly name = 'SecretKeyError';
}

/**
 * Reads a key from AWS Secrets Manager: at least 32 bytes, binary or as base64.
 * @param secretId Name or ARN.
 */
export async function readSecretKey(
  client: SecretsManagerClient,
  secretId: string,
): Promise<Uint8Array> {
  const secret = await client.send(new GetSecretValueCommand({ SecretId: secretId }));
  const key = secret.SecretBinary ?? Buffer.from(secret.SecretString ?? '', 'base64');
  if (key.byteLength < LEAST_BYTES) {
    throw new SecretKeyError(
      `The secret ${secretId} must hold a key of at least ${LEAST_BYTES} bytes, binary or as base64`,
    );
  }
  return key;
}
