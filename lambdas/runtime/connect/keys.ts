import { kmsKeyVault } from '../../../lib/aws/keys/kms-key-vault.ts';
import type { KeyVault } from '../../../lib/core/ports/key-vault.ts';
import type { keysEnv } from '../engine-env.ts';
import type { Env } from '../env.ts';
import { dynamodbClient, kmsClient } from './clients.ts';

/** Keys of requests, packages and dead letters. */
export function connectKeys(service: string, env: Env<typeof keysEnv>): KeyVault {
  return kmsKeyVault({
    kms: kmsClient(service),
    dynamodb: dynamodbClient(service),
    table: env.KEYS_TABLE,
    kmsKeyId: env.KEYS_KMS_KEY,
  });
}
