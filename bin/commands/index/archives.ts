import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { resolve } from 'node:path';

import { s3FilterStore } from '../../../lib/aws/archive/s3-filter-store.ts';
import { s3ObjectStore } from '../../../lib/aws/s3-object-store.ts';
import { readSecretKey } from '../../../lib/aws/secret-key.ts';
import { FilterKey } from '../../../lib/core/erasure/filters/filter-key.ts';
import type { ObjectSource } from '../../../lib/core/erasure/format.ts';
import { storedSource } from '../../../lib/core/erasure/stored-source.ts';
import type { FilteredObject, FilterStore } from '../../../lib/core/ports/membership-filters.ts';
import { openArchiveFilters } from '../../../lib/local/archive-filters/archive-filters.ts';
import { existingDirectory, listArchive } from '../erase/archive-files.ts';
import { FileSource, etagOf } from '../erase/file-source.ts';
import { UsageError } from '../erase/usage-error.ts';
import { openS3 } from '../s3-client.ts';
import { s3Place, type IndexFlags, type S3Place } from './options.ts';

/** An object opened; `isSame` tells whether it is still what was opened. */
export interface OpenObject {
  object: FilteredObject;
  source: ObjectSource;
  isSame: () => boolean;
  close: () => void;
}

/** What is indexed, and where its filters go. */
export interface IndexedArchive {
  /** Objects in all, where that is known before they are read. */
  count: number | undefined;
  objects: () => AsyncIterable<{ key: string; open: () => OpenObject }>;
  filters: FilterStore;
  key: FilterKey;
}

/** Throws {@link UsageError}. */
export async function openArchive(archive: string, flags: IndexFlags): Promise<IndexedArchive> {
  const place = s3Place('<archive>', archive);
  return place === undefined ? openDirectory(archive, flags) : openBucket(place, flags);
}

async function openDirectory(archive: string, flags: IndexFlags): Promise<IndexedArchive> {
  const root = await existingDirectory('<archive>', archive);
  if (s3Place('--filters', flags.filters ?? '') !== undefined || flags.keySecret !== undefined) {
    throw new UsageError('filters of a directory go to a directory, under a key of its own');
  }
  const state = resolve(flags.stateDirectory);
  const { store, key, directory } = await openArchiveFilters(root, state, flags.filters);
  if (`${directory}/`.startsWith(`${root}/`)) {
    throw new UsageError(
      '--filters: readers of the archive would meet them; choose a place outside',
    );
  }
  const files = await listArchive(root, [state]);
  return {
    count: files.length,
    filters: store,
    key,
    // eslint-disable-next-line @typescript-eslint/require-await -- as for a bucket
    objects: async function* () {
      for (const { key: name, path } of files)
        yield { key: name, open: () => openFile(name, path) };
    },
  };
}

function openFile(key: string, path: string): OpenObject {
  const source = new FileSource(path);
  const etag = etagOf(source.state);
  return {
    object: { key, etag, size: source.size },
    source,
    isSame: () => {
      const again = new FileSource(path);
      again.close();
      return etagOf(again.state) === etag;
    },
    close: () => source.close(),
  };
}

async function openBucket({ bucket, prefix }: S3Place, flags: IndexFlags): Promise<IndexedArchive> {
  const filters = s3Place('--filters', flags.filters ?? '');
  if (filters === undefined || filters.prefix !== '' || filters.bucket === bucket) {
    throw new UsageError('--filters: an archive in S3 needs s3:// and another bucket for them');
  }
  if (flags.keySecret === undefined) {
    throw new UsageError('--key-secret: an archive in S3 needs the secret with the filters’ key');
  }
  const client = openS3();
  const objects = s3ObjectStore(client, bucket);
  return {
    count: undefined,
    filters: s3FilterStore(client, filters.bucket),
    key: new FilterKey(await readSecretKey(new SecretsManagerClient({}), flags.keySecret)),
    objects: async function* () {
      for await (const version of objects.list(prefix)) {
        const open = (): OpenObject => ({
          object: version,
          source: storedSource(objects, version),
          // A version never changes; a newer one makes the filter stale, and is met by its own notice.
          isSame: () => true,
          close: () => undefined,
        });
        yield { key: version.key, open };
      }
    },
  };
}
