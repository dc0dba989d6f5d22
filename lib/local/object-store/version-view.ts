import type { FileHandle } from 'node:fs/promises';
import type {
  ObjectVersion,
  PutObjectOptions,
  StoredObject,
} from '../../core/ports/object-store.ts';
import type { VersionRecord } from './version-record.ts';

/** A body is read in pieces of this many bytes. */
const CHUNK = 64 * 1024;

export type Condition = Pick<PutObjectOptions, 'ifMatch' | 'ifAbsent'>;

/** Whether a conditional put may follow the version that is newest now. */
export function mayPut(
  newest: VersionRecord | undefined,
  { ifMatch, ifAbsent = false }: Condition,
): boolean {
  const current = newest?.isDeleteMarker === true ? undefined : newest;
  if (ifAbsent && current !== undefined) return false;
  return ifMatch === undefined || current?.etag === ifMatch;
}

export function asVersion(record: VersionRecord, isLatest: boolean): ObjectVersion {
  const { key, versionId, etag, size, lastModified, isDeleteMarker } = record;
  const { storageClass } = record.attributes;
  return {
    key,
    versionId,
    etag,
    size,
    lastModified,
    isLatest,
    isDeleteMarker,
    ...(storageClass === undefined ? {} : { storageClass }),
  };
}

/** Hands a version's bytes over from its open file, which the body closes when it ends. */
export function asObject(
  { key, versionId, etag, size, lastModified, attributes }: VersionRecord,
  handle: FileHandle,
  [from, to]: readonly [from: number, to: number] = [0, size],
): StoredObject {
  const end = Math.min(to, size) - 1;
  // An empty range still goes through a stream, which closes the file: it starts past the end.
  const slice = end < from ? { start: size } : { start: from, end };
  const body = handle.createReadStream({ ...slice, highWaterMark: CHUNK });
  return { ...attributes, key, versionId, etag, size, lastModified, body };
}
