import type { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

import { s3FilterStore } from '../../../lib/aws/archive/s3-filter-store.ts';
import { readSecretKey } from '../../../lib/aws/secret-key.ts';
import { FilterKey } from '../../../lib/core/erasure/filters/filter-key.ts';
import { storedFilters } from '../../../lib/core/erasure/filters/stored-filters.ts';
import type { RunDependencies } from '../../../lib/core/erasure/run/dependencies.ts';
import { s3Place, type S3Place } from '../index/options.ts';
import type { EraseFlags } from './options.ts';
import { UsageError } from './usage-error.ts';

type Filtered = Pick<RunDependencies, 'filters' | 'forgetFilter'>;

/** The filters that `lethe index s3://…` wrote. Throws {@link UsageError}. */
export async function openBucketFilters(
  client: S3Client,
  { bucket }: S3Place,
  { filters, keySecret }: EraseFlags,
): Promise<Filtered> {
  if (filters === undefined) return {};
  const place = s3Place('--filters', filters);
  if (place === undefined || place.prefix !== '' || place.bucket === bucket) {
    throw new UsageError('--filters: an archive in S3 needs s3:// and another bucket for them');
  }
  if (keySecret === undefined) {
    throw new UsageError('--key-secret: an archive in S3 needs the secret with the filters’ key');
  }
  const store = s3FilterStore(client, place.bucket);
  const key = new FilterKey(await readSecretKey(new SecretsManagerClient({}), keySecret));
  return {
    filters: storedFilters(store, key),
    forgetFilter: (name) => store.remove(key.nameOf(name)),
  };
}
