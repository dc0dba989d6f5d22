import { dynamodbRunStore } from '../../../lib/aws/archive/dynamodb-run-store.ts';
import { s3FilterStore } from '../../../lib/aws/archive/s3-filter-store.ts';
import { openKmsSigner } from '../../../lib/aws/keys/kms-signer.ts';
import { s3ObjectStore } from '../../../lib/aws/s3-object-store.ts';
import { FilterKey } from '../../../lib/core/erasure/filters/filter-key.ts';
import { storedFilters } from '../../../lib/core/erasure/filters/stored-filters.ts';
import type { RunDependencies } from '../../../lib/core/erasure/run/dependencies.ts';
import type { MembershipFilters } from '../../../lib/core/ports/membership-filters.ts';
import type { Signer } from '../../../lib/core/ports/signer.ts';
import type { Env } from '../env.ts';
import type { runEnv } from '../run-env.ts';
import { clock, random } from './chance.ts';
import { dynamodbClient, kmsClient, s3Client } from './clients.ts';
import { connectKeys } from './keys.ts';
import { readKeys } from './secrets.ts';

/** What only some of the functions may do. */
interface RunParts {
  readonly signer?: Signer;
  readonly filters?: MembershipFilters;
}

/** A function was asked to sign whose role may not. */
class SigningRefused extends Error {
  override readonly name = 'SigningRefused';
}

const REFUSING: Signer = {
  alg: 'RSA-SHA256',
  keyId: 'none',
  sign: () => Promise.reject(new SigningRefused('this function signs nothing')),
};

/** An archive run on AWS: what its steps work with. */
export async function connectRun(
  service: string,
  env: Env<typeof runEnv>,
  { signer = REFUSING, filters }: RunParts = {},
): Promise<RunDependencies> {
  const { hashKey } = await readKeys(service, { hashKey: env.HASH_KEY_SECRET });
  const s3 = s3Client(service);
  return {
    objects: s3ObjectStore(s3, env.ARCHIVE_BUCKET),
    quarantine: s3ObjectStore(s3, env.QUARANTINE_BUCKET),
    certificates: s3ObjectStore(s3, env.CERTIFICATES_BUCKET),
    runs: dynamodbRunStore({ client: dynamodbClient(service), tableName: env.RUNS_TABLE }),
    keys: connectKeys(service, env),
    signer,
    hashKey,
    clock,
    random,
    ...(filters !== undefined && { filters }),
  };
}

export function connectSigner(service: string, env: { SIGNING_KMS_KEY: string }): Promise<Signer> {
  return openKmsSigner(kmsClient(service), env.SIGNING_KMS_KEY);
}

export async function connectFilters(
  service: string,
  env: { FILTER_BUCKET: string; FILTER_KEY_SECRET: string },
): Promise<MembershipFilters> {
  const { secret } = await readKeys(service, { secret: env.FILTER_KEY_SECRET });
  return storedFilters(s3FilterStore(s3Client(service), env.FILTER_BUCKET), new FilterKey(secret));
}
