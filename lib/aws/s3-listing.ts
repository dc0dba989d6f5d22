import {
  type DeleteMarkerEntry,
  ListObjectVersionsCommand,
  type ObjectVersion as S3Version,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { ListOptions, ObjectVersion } from '../core/ports/object-store.ts';

/** Versions and delete markers below a prefix: by key, then newest first. */
export async function* versions(
  client: S3Client,
  bucket: string,
  prefix: string,
  { after }: ListOptions = {},
): AsyncGenerator<ObjectVersion> {
  let keyMarker = after;
  let versionMarker: string | undefined;
  do {
    const page = await client.send(
      new ListObjectVersionsCommand({
        Bucket: bucket,
        Prefix: prefix,
        KeyMarker: keyMarker,
        VersionIdMarker: versionMarker,
        // Keys may hold characters that XML cannot.
        EncodingType: 'url',
      }),
    );
    const keyOf = page.EncodingType === 'url' ? decodeKey : (key: string) => key;
    for (const version of merge(page.Versions ?? [], page.DeleteMarkers ?? [], keyOf)) {
      // S3 does not say whether a listing from a key's marker on begins with that key.
      if (version.key !== after) yield version;
    }
    keyMarker = page.NextKeyMarker === undefined ? undefined : keyOf(page.NextKeyMarker);
    versionMarker = page.NextVersionIdMarker;
    if (page.IsTruncated !== true) return;
  } while (keyMarker !== undefined);
}

/** Current objects below a prefix. S3's plain listing tells no version ids. */
export async function* currentVersions(
  client: S3Client,
  bucket: string,
  prefix: string,
  options?: ListOptions,
): AsyncGenerator<ObjectVersion> {
  for await (const version of versions(client, bucket, prefix, options)) {
    if (version.isLatest && !version.isDeleteMarker) yield version;
  }
}

/** S3 tells versions and markers in two lists; times are in whole seconds, so the latest is marked. */
function merge(
  found: readonly S3Version[],
  markers: readonly DeleteMarkerEntry[],
  keyOf: (key: string) => string,
): ObjectVersion[] {
  return [
    ...markers.map((marker) =>
      versionOf(marker, keyOf, { isDeleteMarker: true, etag: '', size: 0 }),
    ),
    ...found.map((version) => ({
      ...versionOf(version, keyOf, {
        isDeleteMarker: false,
        etag: version.ETag ?? '',
        size: version.Size ?? 0,
      }),
      ...(version.StorageClass === undefined ? {} : { storageClass: version.StorageClass }),
    })),
  ].sort(
    (a, b) =>
      Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)) ||
      Number(b.isLatest) - Number(a.isLatest) ||
      b.lastModified - a.lastModified,
  );
}

function versionOf(
  { Key, VersionId, LastModified, IsLatest }: DeleteMarkerEntry,
  keyOf: (key: string) => string,
  rest: Pick<ObjectVersion, 'isDeleteMarker' | 'etag' | 'size'>,
): ObjectVersion {
  return {
    key: keyOf(Key ?? ''),
    versionId: VersionId ?? 'null',
    lastModified: LastModified?.getTime() ?? 0,
    isLatest: IsLatest === true,
    ...rest,
  };
}

/** The listing writes a space as "+". */
function decodeKey(key: string): string {
  return decodeURIComponent(key.replaceAll('+', ' '));
}
