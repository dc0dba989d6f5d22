import {
  DeleteObjectCommand,
  GetObjectCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { FilterStore } from '../../core/ports/membership-filters.ts';

/**
 * Filters in an Amazon S3 bucket of their own. It has no versions: a filter that is replaced or
 * removed is gone at once, as {@link FilterStore} asks.
 */
export function s3FilterStore(client: S3Client, bucket: string): FilterStore {
  return {
    read: async (name) => {
      try {
        const found = await client.send(new GetObjectCommand({ Bucket: bucket, Key: name }));
        return await found.Body?.transformToByteArray();
      } catch (error) {
        if (error instanceof Error && error.name === 'NoSuchKey') return undefined;
        throw error;
      }
    },
    write: async (name, filter) => {
      await client.send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: name,
          Body: filter,
          ContentType: 'application/octet-stream',
        }),
      );
    },
    remove: async (name) => {
      await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: name }));
    },
  };
}
