import type { S3Client } from '@aws-sdk/client-s3';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';

import { s3ObjectStore } from '../../../lib/aws/s3-object-store.ts';
import type { RunDependencies } from '../../../lib/core/erasure/run/dependencies.ts';
import { lmdbRunStore } from '../../../lib/local/archive/lmdb-run-store.ts';
import { replaceFile } from '../../../lib/local/durable-files.ts';
import { openFileKeyVault } from '../../../lib/local/file-key-vault.ts';
import { openFileObjectStore } from '../../../lib/local/file-object-store.ts';
import { openFileSigner } from '../../../lib/local/requests/file-signer.ts';
import { openTables } from '../../../lib/local/tables/open-tables.ts';
import { openS3 } from '../s3-client.ts';

/** Where a run on S3 works. */
interface BucketRun {
  readonly bucket: string;
  readonly prefix: string;
}

/** What this machine keeps of runs on S3. */
export interface BucketState {
  /** Of runs, by id. */
  readonly places: {
    get(runId: string): BucketRun | undefined;
    put(runId: string, place: BucketRun): void;
  };
  readonly client: S3Client;
  /** Where certificates lie, as files. */
  readonly certificates: string;
  /** A secret of this machine, 32 bytes. */
  readonly hashKey: Uint8Array;
  /** What a run on this bucket works with. */
  on(bucket: string): RunDependencies;
  close(): Promise<void>;
}

/** @param folder the state directory; what it holds is made when it is not there. */
export async function openBucketState(folder: string, concurrency: number): Promise<BucketState> {
  const home = join(folder, 's3');
  const clock = { now: () => Date.now() };
  const keys = await openFileKeyVault(join(home, 'keys'));
  const secret = await keys.create('hashes');
  if (secret.kind !== 'key') throw new Error(`the key of hashes in ${home} is ${secret.kind}`);
  const open = (name: string) => openFileObjectStore({ directory: join(home, name), clock });
  const [quarantine, certificates] = [await open('quarantine'), await open('certificates')];
  const signer = await openFileSigner(join(home, 'signing-key.pem'));
  // For whoever verifies certificates, beside them.
  await replaceFile(join(home, 'public-key.pem'), signer.publicKeyPem);
  const tables = openTables(join(home, 'tables'));
  const places = tables.table<BucketRun, string>('s3-runs');
  const client = openS3();
  return {
    client,
    places: {
      get: (runId) => places.get(runId),
      put: (runId, place) => {
        tables.transact(() => places.putSync(runId, place));
      },
    },
    certificates: join(home, 'certificates'),
    hashKey: secret.key,
    on: (bucket) => ({
      objects: s3ObjectStore(client, bucket),
      runs: lmdbRunStore(tables),
      ...{ quarantine, certificates, keys, signer, clock, concurrency },
      hashKey: secret.key,
      random: { bytes: randomBytes },
    }),
    close: async () => {
      client.destroy();
      await tables.close();
    },
  };
}
