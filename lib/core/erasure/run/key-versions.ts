import type { ObjectStore, ObjectVersion } from '../../ports/object-store.ts';
import type { RunObject, RunVersion } from './run.ts';

/** A key and all that is listed of it. */
export interface ListedKey {
  readonly key: string;
  /** Newest first, without delete markers. */
  readonly versions: readonly ObjectVersion[];
}

/** Groups a listing of versions by key, from the one after `after` on. */
export async function* listKeys(
  objects: ObjectStore,
  prefix: string,
  after?: string,
): AsyncGenerator<ListedKey> {
  let key: string | undefined;
  let versions: ObjectVersion[] = [];
  for await (const version of objects.listVersions(prefix, { after })) {
    if (version.key !== key) {
      if (key !== undefined && versions.length > 0) yield { key, versions };
      key = version.key;
      versions = [];
    }
    if (!version.isDeleteMarker) versions.push(version);
  }
  if (key !== undefined && versions.length > 0) yield { key, versions };
}

/** All that is there of one key now. */
export async function versionsOf(objects: ObjectStore, key: string): Promise<ObjectVersion[]> {
  const versions: ObjectVersion[] = [];
  for await (const version of objects.listVersions(key)) {
    // In order of key: the longer ones that begin alike come after it.
    if (version.key !== key) break;
    if (!version.isDeleteMarker) versions.push(version);
  }
  return versions;
}

/** A version without an id of its own (`null`) is told by its ETag. */
export function isSameVersion(
  a: Pick<RunVersion, 'versionId' | 'etag'>,
  b: Pick<RunVersion, 'versionId' | 'etag'>,
): boolean {
  return a.versionId === b.versionId && a.etag === b.etag;
}

/** A record as it is after a new listing: what is known stays known, what is new is to be read. */
export function withListing(record: RunObject, listed: readonly ObjectVersion[]): RunObject {
  const now = listed.map(({ versionId, etag, size, lastModified, isLatest }): RunVersion => {
    const known = record.versions.find((each) => isSameVersion(each, { versionId, etag }));
    if (known !== undefined) return { ...known, size, lastModified, isLatest };
    const counts = { rows: 0, matched: 0, unparsable: 0 };
    return { versionId, etag, size, lastModified, isLatest, status: 'listed', ...counts };
  });
  const before = record.versions
    .filter((known) => !now.some((each) => isSameVersion(each, known)))
    // What is no longer there and was never read is nobody's finding.
    .filter(({ status }) => status === 'read' || status === 'gone')
    .map((known): RunVersion => ({ ...known, isLatest: false, status: 'gone' }));
  return { ...record, versions: [...now, ...before] };
}

/** Whether something of it is there, that is known to match. */
export function isDirty({ status, matched }: RunVersion): boolean {
  return status === 'read' && matched > 0;
}
