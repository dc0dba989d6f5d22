import { GetSecretValueCommand, PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { openKmsSigner } from '../../lib/aws/keys/kms-signer.ts';
import { clock } from '../runtime/connect/chance.ts';
import { kmsClient, secretsClient } from '../runtime/connect/clients.ts';
import { readEnv } from '../runtime/env.ts';
import { createLog } from '../runtime/log.ts';
import { certifySigner, type CertifySignerAnswer } from './certify-signer.ts';
import { certifySignerEnv } from './env.ts';
import { selfIssue } from './self-issue.ts';

const SERVICE = 'certify-signer';
const env = readEnv(certifySignerEnv, process.env);
const log = createLog(SERVICE);
const secrets = secretsClient(SERVICE);
const secret = { SecretId: env.CERTIFICATE_SECRET };

export const handler = async (): Promise<CertifySignerAnswer> => {
  const { publicKeyPem } = await openKmsSigner(kmsClient(SERVICE), env.SIGNING_KMS_KEY);
  return certifySigner({
    ...{ publicKeyPem, domain: env.DOMAIN, log },
    read: async () => (await secrets.send(new GetSecretValueCommand(secret))).SecretString ?? '',
    write: async (SecretString) => {
      await secrets.send(new PutSecretValueCommand({ ...secret, SecretString }));
    },
    issue: () => selfIssue(publicKeyPem, env.DOMAIN, clock.now()),
  });
};
