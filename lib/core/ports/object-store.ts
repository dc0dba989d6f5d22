/** What travels with an object and must survive its rewriting. */
export interface ObjectAttributes {
  contentType?: string;
  contentEncoding?: string;
  cacheControl?: string;
  /** User metadata, names in lower case. */
  metadata?: Readonly<Record<string, string>>;
  tags?: Readonly<Record<string, string>>;
  storageClass?: string;
  /** Key that encrypts it at rest, where the store has such keys. */
  encryptionKeyId?: string;
}

/** One version of an object, as listings show it. */
export interface ObjectVersion {
  key: string;
  versionId: string;
  /** Opaque; equal ETags of one key mean equal content. Not an MD5. */
  etag: string;
  /** In bytes. */
  size: number;
  /** Milliseconds since the Unix epoch. */
  lastModified: number;
  isLatest: boolean;
  /** Hides the key; holds no bytes. */
  isDeleteMarker: boolean;
  storageClass?: string;
}

export interface StoredObject extends ObjectAttributes {
  key: string;
  versionId: string;
  etag: string;
  size: number;
  lastModified: number;
  /** The bytes asked for, in chunks. To be read to the end or cancelled by leaving the loop. */
  body: AsyncIterable<Uint8Array>;
}

export type PutObjectOutcome =
  | { kind: 'stored'; etag: string; versionId: string }
  /** Somebody wrote in between (412) or is writing now (409): read again. */
  | { kind: 'changed' };

export type DeleteVersionOutcome =
  | { kind: 'deleted' }
  | { kind: 'missing' }
  /** Object Lock or a legal hold keeps it. `until` in ms since the epoch, if known. */
  | { kind: 'locked'; until?: number };

export interface PutObjectOptions extends ObjectAttributes {
  /** Store only if the current version has this ETag. */
  ifMatch?: string;
  /** Store only if the key has no current version. */
  ifAbsent?: boolean;
}

export interface ListOptions {
  /** Only keys that come after this one, in the order of the listing. @default from the first */
  after?: string | undefined;
}

/** A version lies in an archived tier (Glacier): it can be read once somebody has restored it. */
export class ObjectArchived extends Error {
  override readonly name = 'ObjectArchived';

  constructor(options?: ErrorOptions) {
    super('the object is in an archived tier and waits for its restore', options);
  }
}

/**
 * A versioned object store (S3, or its local twin). Every put is atomic and durable when it answers:
 * a reader sees the whole old or the whole new object.
 */
export interface ObjectStore {
  put(
    key: string,
    body: Uint8Array | AsyncIterable<Uint8Array>,
    options?: PutObjectOptions,
  ): Promise<PutObjectOutcome>;
  /**
   * `range` is [from, to) in bytes. Answers undefined when there is no such object or version.
   * @throws {ObjectArchived}
   */
  get(
    key: string,
    options?: { versionId?: string; range?: readonly [from: number, to: number] },
  ): Promise<StoredObject | undefined>;
  /** Current objects below a prefix, in order of key (UTF-8 bytes). */
  list(prefix: string, options?: ListOptions): AsyncIterable<ObjectVersion>;
  /** All versions and delete markers below a prefix: by key, then newest first. */
  listVersions(prefix: string, options?: ListOptions): AsyncIterable<ObjectVersion>;
  /** Hides the key behind a delete marker; earlier versions stay. */
  delete(key: string): Promise<void>;
  /** Takes one version away for good. */
  deleteVersion(key: string, versionId: string): Promise<DeleteVersionOutcome>;
}
