import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';

/** How long a download may begin. In seconds. */
const LIFETIME = 300;

/**
 * URLs under which single objects of a bucket can be downloaded for some minutes, by whoever has
 * them. They can do no more than the role that signs them.
 * @param fileName as the browser keeps it; plain ASCII
 */
export function presignedDownload(
  client: S3Client,
  bucket: string,
  fileName: string,
): (key: string) => Promise<string> {
  return (key) =>
    getSignedUrl(
      client,
      new GetObjectCommand({
        Bucket: bucket,
        Key: key,
        ResponseContentDisposition: `attachment; filename="${fileName}"`,
        ResponseCacheControl: 'no-store',
      }),
      { expiresIn: LIFETIME },
    );
}
