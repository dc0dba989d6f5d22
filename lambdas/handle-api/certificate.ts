import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { CertificateError, certificateFault } from '../runtime/certificate.ts';

/**
 * The signing key's certificate with its chain, PEM.
 * @throws {CertificateError} for one of another key or domain: no controller could verify us.
 */
export async function readCertificate(
  secrets: SecretsManagerClient,
  secretId: string,
  publicKeyPem: string,
  domain: string,
): Promise<string> {
  const { SecretString: pem = '' } = await secrets.send(
    new GetSecretValueCommand({ SecretId: secretId }),
  );
  const fault = certificateFault(pem, publicKeyPem, domain);
  if (fault !== undefined) throw new CertificateError(fault);
  return pem;
}
