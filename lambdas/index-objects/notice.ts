import * as z from 'zod';

const batch = z.object({
  Records: z.array(z.object({ messageId: z.string(), body: z.string() })),
});

/** Source: Amazon S3 user guide, "EventBridge event message structure"; only what is used. */
const notice = z.object({
  source: z.literal('aws.s3'),
  'detail-type': z.enum(['Object Created', 'Object Deleted']),
  detail: z.object({
    bucket: z.object({ name: z.string() }),
    // As it is: unlike S3's own notifications, EventBridge encodes nothing.
    object: z.object({ key: z.string() }),
  }),
});

export interface NoticeMessage {
  readonly messageId: string;
  /** Of an object in the archive's bucket; undefined for a message that is no such notice. */
  readonly key: string | undefined;
}

/** An event that is not from a queue: no message of it could be answered. */
class MalformedEventError extends Error {
  override readonly name = 'MalformedEventError';
}

/**
 * Reads a batch of SQS messages, each EventBridge's notice of an object written or gone.
 * @throws {MalformedEventError}
 */
export function readNotices(event: unknown, bucket: string): NoticeMessage[] {
  const read = batch.safeParse(event);
  if (!read.success) throw new MalformedEventError('The event is no batch of queue messages.');
  return read.data.Records.map(({ messageId, body }) => ({ messageId, key: keyOf(body, bucket) }));
}

function keyOf(body: string, bucket: string): string | undefined {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return undefined;
  }
  const read = notice.safeParse(json);
  if (!read.success || read.data.detail.bucket.name !== bucket) return undefined;
  return read.data.detail.object.key;
}
