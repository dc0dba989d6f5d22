import { S3Client } from '@aws-sdk/client-s3';

import { S3_CONNECTION } from '../../lib/aws/s3-connection.ts';

const MOST_ATTEMPTS = 8;

/** A client with the machine's own credentials; AWS_ENDPOINT_URL points it elsewhere. */
export function openS3(): S3Client {
  const { AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_S3 } = process.env;
  // Stand-ins are reached by path: their names don't resolve below a bucket's.
  const forcePathStyle = (AWS_ENDPOINT_URL_S3 ?? AWS_ENDPOINT_URL) !== undefined;
  return new S3Client({
    forcePathStyle,
    // A bucket that others use hard, or that S3 still spreads, answers SlowDown for a while.
    maxAttempts: MOST_ATTEMPTS,
    requestHandler: S3_CONNECTION,
  });
}
