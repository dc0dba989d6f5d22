import {
  GetObjectLegalHoldCommand,
  GetObjectRetentionCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { DeleteVersionOutcome } from '../core/ports/object-store.ts';

interface Version {
  Bucket: string;
  Key: string;
  VersionId: string;
}

/**
 * What keeps a version from being deleted. S3 answers a plain AccessDenied both for Object Lock and
 * for a missing permission; only the former is an outcome.
 */
export async function lockOf(
  client: S3Client,
  version: Version,
): Promise<Extract<DeleteVersionOutcome, { kind: 'locked' }> | undefined> {
  const hold = await unlessNone(client.send(new GetObjectLegalHoldCommand(version)));
  if (hold?.LegalHold?.Status === 'ON') return { kind: 'locked' };
  const kept = await unlessNone(client.send(new GetObjectRetentionCommand(version)));
  const until = kept?.Retention?.RetainUntilDate;
  return until === undefined ? undefined : { kind: 'locked', until: until.getTime() };
}

async function unlessNone<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    const none = ['NoSuchObjectLockConfiguration', 'ObjectLockConfigurationNotFoundError'];
    // The bucket without Object Lock at all is answered by InvalidRequest.
    if (error instanceof Error && [...none, 'InvalidRequest'].includes(error.name))
      return undefined;
    throw error;
  }
}
