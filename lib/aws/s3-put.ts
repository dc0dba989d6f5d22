import { type PutObjectCommandInput, type S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { Readable } from 'node:stream';
import type { PutObjectOptions, PutObjectOutcome } from '../core/ports/object-store.ts';

/** Parts of an upload; S3 takes 10,000 of them, so this bounds an object to 156 GiB. */
const PART_BYTES = 16 * 1024 * 1024;
/** Parts on their way at once, each in memory. */
const PARTS_AT_ONCE = 4;

/** Stores an object in one put, or in parts where it is larger than one; then too all or nothing. */
export async function putObject(
  client: S3Client,
  bucket: string,
  key: string,
  body: Uint8Array | AsyncIterable<Uint8Array>,
  options: PutObjectOptions,
): Promise<PutObjectOutcome> {
  const upload = new Upload({
    client,
    partSize: PART_BYTES,
    queueSize: PARTS_AT_ONCE,
    leavePartsOnError: false,
    params: {
      Bucket: bucket,
      Key: key,
      Body: body instanceof Uint8Array ? body : Readable.from(body, { objectMode: false }),
      ...attributesOf(options),
      // Sent with the one put, or with the completion of the parts.
      IfMatch: options.ifMatch,
      IfNoneMatch: options.ifAbsent === true ? '*' : undefined,
    },
  });
  try {
    const { ETag, VersionId } = await upload.done();
    return { kind: 'stored', etag: ETag ?? '', versionId: VersionId ?? 'null' };
  } catch (error) {
    if (isChanged(error, options)) return { kind: 'changed' };
    throw error;
  }
}

function attributesOf(options: PutObjectOptions): Partial<PutObjectCommandInput> {
  const { tags, encryptionKeyId } = options;
  return {
    ContentType: options.contentType,
    ContentEncoding: options.contentEncoding,
    CacheControl: options.cacheControl,
    Metadata: options.metadata,
    Tagging: tags === undefined ? undefined : new URLSearchParams(tags).toString(),
    StorageClass: options.storageClass as PutObjectCommandInput['StorageClass'],
    ...(encryptionKeyId === undefined
      ? {}
      : { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: encryptionKeyId }),
  };
}

/** 412 and 409 as the port has them; an ETag asked of a key that is not there is answered by 404. */
function isChanged(error: unknown, { ifMatch }: PutObjectOptions): boolean {
  if (!(error instanceof S3ServiceException)) return false;
  return (
    error.name === 'PreconditionFailed' ||
    error.name === 'ConditionalRequestConflict' ||
    (ifMatch !== undefined && error.name === 'NoSuchKey')
  );
}
