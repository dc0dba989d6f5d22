import {
  DeleteObjectCommand,
  GetObjectCommand,
  type GetObjectCommandOutput,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { Readable } from 'node:stream';
import { ObjectArchived, type ObjectStore, type StoredObject } from '../core/ports/object-store.ts';
import { currentVersions, versions } from './s3-listing.ts';
import { lockOf } from './s3-lock.ts';
import { putObject } from './s3-put.ts';

/** The port on one Amazon S3 bucket with versioning. */
export function s3ObjectStore(client: S3Client, bucket: string): ObjectStore {
  return {
    put: (key, body, options = {}) => putObject(client, bucket, key, body, options),
    get: async (key, { versionId, range } = {}) => {
      const target = { Bucket: bucket, Key: key, VersionId: versionId };
      try {
        const Range = range === undefined ? undefined : `bytes=${range[0]}-${range[1] - 1}`;
        const found = await client.send(new GetObjectCommand({ ...target, Range }));
        // A delete marker has a version id and no content to tag.
        if (found.ETag === undefined || found.ETag === '') return undefined;
        return await storedObject(client, bucket, key, found, bodyOf(found, range));
      } catch (error) {
        if (isMissing(error)) return undefined;
        if (named(error, 'InvalidObjectState')) throw new ObjectArchived({ cause: error });
        if (!named(error, 'InvalidRange')) throw error;
        // Nothing of the object lies in the range; the object is there all the same.
        const found = await client.send(new HeadObjectCommand(target));
        return storedObject(client, bucket, key, found, nothing());
      }
    },
    list: (prefix, options) => currentVersions(client, bucket, prefix, options),
    listVersions: (prefix, options) => versions(client, bucket, prefix, options),
    delete: async (key) => {
      await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
    },
    deleteVersion: async (key, versionId) => {
      const target = { Bucket: bucket, Key: key, VersionId: versionId };
      try {
        await client.send(new DeleteObjectCommand(target));
        return { kind: 'deleted' };
      } catch (error) {
        if (isMissing(error)) return { kind: 'missing' };
        if (!named(error, 'AccessDenied')) throw error;
        const lock = await lockOf(client, target);
        if (lock === undefined) throw error;
        return lock;
      }
    },
  };
}

async function storedObject(
  client: S3Client,
  bucket: string,
  key: string,
  found: GetObjectCommandOutput | HeadObjectCommandOutput,
  body: AsyncIterable<Uint8Array>,
): Promise<StoredObject> {
  const versionId = found.VersionId ?? 'null';
  let tags: Record<string, string> | undefined;
  try {
    if ((found.TagCount ?? 0) > 0) tags = await tagsOf(client, bucket, key, versionId);
  } catch (error) {
    // Nobody will read it: its connection must not wait for that.
    (found as Partial<{ Body: Readable }>).Body?.destroy();
    throw error;
  }
  return {
    key,
    versionId,
    etag: found.ETag ?? '',
    size: sizeOf(found),
    lastModified: found.LastModified?.getTime() ?? 0,
    body,
    ...present({
      contentType: found.ContentType,
      contentEncoding: found.ContentEncoding,
      cacheControl: found.CacheControl,
      metadata: found.Metadata,
      tags,
      storageClass: found.StorageClass,
      encryptionKeyId: found.SSEKMSKeyId,
    }),
  };
}

/** A range's answer tells the whole size apart: `bytes 0-1/10`. */
function sizeOf({ ContentRange, ContentLength }: HeadObjectCommandOutput): number {
  const whole = ContentRange?.split('/').at(1);
  return whole === undefined ? (ContentLength ?? 0) : Number(whole);
}

async function tagsOf(
  client: S3Client,
  bucket: string,
  key: string,
  versionId: string,
): Promise<Record<string, string>> {
  const { TagSet } = await client.send(
    new GetObjectTaggingCommand({ Bucket: bucket, Key: key, VersionId: versionId }),
  );
  return Object.fromEntries((TagSet ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? '']));
}

/** In Node the SDK answers a Readable, which destroys its connection when its loop is left. */
function bodyOf(
  { Body, ContentRange }: GetObjectCommandOutput,
  range: readonly [from: number, to: number] | undefined,
): AsyncIterable<Uint8Array> {
  if (Body === undefined) return nothing();
  const body = Body as Readable;
  // A connection that breaks before anybody reads must not end the process; whoever reads is told.
  body.on('error', () => undefined);
  // A server may ignore a range and send the whole (RFC 9110, section 14.2).
  return range !== undefined && ContentRange === undefined ? cut(body, ...range) : body;
}

async function* cut(
  body: AsyncIterable<Uint8Array>,
  from: number,
  to: number,
): AsyncGenerator<Uint8Array> {
  let at = 0;
  for await (const chunk of body) {
    const part = chunk.subarray(Math.max(0, from - at), Math.max(0, to - at));
    if (part.byteLength > 0) yield part;
    at += chunk.byteLength;
    if (at >= to) return;
  }
}

async function* nothing(): AsyncGenerator<Uint8Array> {
  // No chunk at all.
}

function present<T extends object>(fields: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: NonNullable<T[K]>;
  };
}

/** MethodNotAllowed is the answer for a delete marker's own version. */
function isMissing(error: unknown): boolean {
  return named(error, 'NoSuchKey', 'NoSuchVersion', 'NotFound', 'MethodNotAllowed');
}

function named(error: unknown, ...names: string[]): boolean {
  return error instanceof Error && names.includes(error.name);
}
