import type { ObjectSource } from '../../../lib/core/erasure/format.ts';
import { systemCode } from '../../../lib/local/durable-files.ts';
import { existingDirectory, listArchive, type ArchiveFile } from '../erase/archive-files.ts';
import { FileSource } from '../erase/file-source.ts';
import { UsageError } from '../erase/usage-error.ts';
import { failureCode } from '../failure-code.ts';
import { s3Place, type S3Place } from '../index/options.ts';

/** An object that may be sampled. */
export interface Candidate {
  /** Relative to the directory, or the key in the bucket. */
  key: string;
  open(): Opened;
}

/** Opened, or why it can't be. */
type Opened = { source: ObjectSource; close(): void } | { reason: string };

/** All objects below a directory or a prefix of a bucket, in order of key. Throws {@link UsageError}. */
export async function listObjects(place: string): Promise<Candidate[]> {
  const bucket = s3Place('<archive>', place);
  if (bucket !== undefined) return listBucket(bucket);
  const root = await existingDirectory('<archive>', place);
  return (await listArchive(root, [])).map((file) => ({ key: file.key, open: () => open(file) }));
}

function open({ path }: ArchiveFile): Opened {
  try {
    const source = new FileSource(path);
    return { source, close: () => source.close() };
  } catch (error) {
    return { reason: `it cannot be opened (${systemCode(error) ?? 'unknown'})` };
  }
}

/** Storage classes whose objects have to be restored before they can be read. */
const ARCHIVED: readonly string[] = ['GLACIER', 'DEEP_ARCHIVE'];

async function listBucket({ bucket, prefix }: S3Place): Promise<Candidate[]> {
  const [{ openS3 }, { s3ObjectStore }, { storedSource }] = await Promise.all([
    import('../s3-client.ts'),
    import('../../../lib/aws/s3-object-store.ts'),
    import('../../../lib/core/erasure/stored-source.ts'),
  ]);
  const store = s3ObjectStore(openS3(), bucket);
  const found: Candidate[] = [];
  try {
    for await (const { key, versionId, size, storageClass } of store.list(prefix)) {
      found.push({
        key,
        open: () =>
          ARCHIVED.includes(storageClass ?? '')
            ? { reason: `it lies in ${storageClass!}; restore it first` }
            : { source: storedSource(store, { key, versionId, size }), close: () => undefined },
      });
    }
  } catch (error) {
    const code = failureCode(error);
    if (code === undefined) throw error;
    throw new UsageError(`<archive>: s3://${bucket} cannot be listed (${code})`);
  }
  return found;
}
