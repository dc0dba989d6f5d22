import { createHash } from 'node:crypto';
import type { Clock } from '../../lib/core/ports/clock.ts';
import {
  ObjectArchived,
  type ObjectAttributes,
  type ObjectStore,
  type ObjectVersion,
} from '../../lib/core/ports/object-store.ts';

interface Version {
  versionId: string;
  etag: string;
  bytes: Uint8Array;
  lastModified: number;
  isDeleteMarker: boolean;
  attributes: ObjectAttributes;
}

export interface MemoryObjectStore extends ObjectStore {
  /** Keeps a version from being taken away, as Object Lock does. */
  lock(key: string, versionId: string, until: number): void;
  /** Puts a version into an archived tier, where it can't be read. */
  archive(key: string, versionId: string): void;
}

/** A versioned object store in memory. */
export function memoryObjectStore(clock: Clock): MemoryObjectStore {
  /** Newest first. */
  const objects = new Map<string, Version[]>();
  const locks = new Map<string, number>();
  const archived = new Set<string>();
  let made = 0;

  const add = (key: string, content: Omit<Version, 'versionId' | 'lastModified'>): Version => {
    made += 1;
    const version = { ...content, versionId: `version-${made}`, lastModified: clock.now() };
    objects.set(key, [version, ...(objects.get(key) ?? [])]);
    return version;
  };
  const current = (key: string): Version | undefined => {
    const newest = objects.get(key)?.[0];
    return newest?.isDeleteMarker === true ? undefined : newest;
  };
  const describe = (key: string, version: Version, isLatest: boolean): ObjectVersion => ({
    key,
    versionId: version.versionId,
    etag: version.etag,
    size: version.bytes.length,
    lastModified: version.lastModified,
    isLatest,
    isDeleteMarker: version.isDeleteMarker,
    ...(version.attributes.storageClass === undefined
      ? {}
      : { storageClass: version.attributes.storageClass }),
  });
  const keysBelow = (prefix: string, after?: string): string[] =>
    [...objects.keys()]
      .filter(
        (key) =>
          key.startsWith(prefix) &&
          (after === undefined || Buffer.compare(Buffer.from(key), Buffer.from(after)) > 0),
      )
      .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));

  return {
    async put(key, body, { ifMatch, ifAbsent = false, ...attributes } = {}) {
      const chunks: Uint8Array[] = [];
      for await (const chunk of body instanceof Uint8Array ? [body] : body) chunks.push(chunk);
      const now = current(key);
      if ((ifAbsent && now !== undefined) || (ifMatch !== undefined && now?.etag !== ifMatch)) {
        return { kind: 'changed' };
      }
      const bytes = Buffer.concat(chunks);
      const etag = createHash('md5').update(bytes).digest('hex');
      const { versionId } = add(key, { etag, bytes, attributes, isDeleteMarker: false });
      return { kind: 'stored', etag, versionId };
    },
    get(key, { versionId, range } = {}) {
      const version =
        versionId === undefined
          ? current(key)
          : objects.get(key)?.find((one) => one.versionId === versionId);
      if (version === undefined || version.isDeleteMarker) return Promise.resolve(undefined);
      if (archived.has(`${version.versionId} ${key}`)) return Promise.reject(new ObjectArchived());
      const { bytes, attributes, etag, lastModified } = version;
      return Promise.resolve({
        ...attributes,
        key,
        versionId: version.versionId,
        etag,
        lastModified,
        size: bytes.length,
        body: stream(range === undefined ? bytes : bytes.subarray(...range)),
      });
    },
    async *list(prefix, { after } = {}) {
      for (const key of keysBelow(prefix, after)) {
        const version = await Promise.resolve(current(key));
        if (version !== undefined) yield describe(key, version, true);
      }
    },
    async *listVersions(prefix, { after } = {}) {
      for (const key of keysBelow(prefix, after)) {
        for (const [at, version] of (await Promise.resolve(objects.get(key) ?? [])).entries()) {
          yield describe(key, version, at === 0);
        }
      }
    },
    delete(key) {
      const bytes = new Uint8Array();
      add(key, { etag: '', bytes, attributes: {}, isDeleteMarker: true });
      return Promise.resolve();
    },
    deleteVersion(key, versionId) {
      const versions = objects.get(key) ?? [];
      const left = versions.filter((version) => version.versionId !== versionId);
      if (left.length === versions.length) return Promise.resolve({ kind: 'missing' });
      const until = locks.get(`${versionId} ${key}`);
      if (until !== undefined && until > clock.now()) {
        return Promise.resolve({ kind: 'locked', until });
      }
      if (left.length === 0) objects.delete(key);
      else objects.set(key, left);
      return Promise.resolve({ kind: 'deleted' });
    },
    archive(key, versionId) {
      archived.add(`${versionId} ${key}`);
    },
    lock(key, versionId, until) {
      locks.set(`${versionId} ${key}`, until);
    },
  };
}

async function* stream(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}
