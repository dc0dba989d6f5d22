import type {
  StoredIndexer,
  StoredIndexOutcome,
} from '../../lib/core/erasure/filters/index-stored.ts';
import type { Log } from '../runtime/log.ts';
import type { Meter } from '../runtime/metrics.ts';
import { readNotices } from './notice.ts';

export interface IndexObjectsContext {
  /** Of the archive. */
  bucket: string;
  indexer: Pick<StoredIndexer, 'index'>;
  log: Log;
  meter: Meter;
}

/** SQS's partial batch response. */
export interface IndexObjectsAnswer {
  batchItemFailures: { itemIdentifier: string }[];
}

/**
 * Brings the filters of objects up to date that S3 tells of, through EventBridge and a queue: a message that can't
 * be served is answered as failed, comes again and ends in the dead letters; the others are done.
 * @throws {MalformedEventError}
 */
export async function indexObjects(
  event: unknown,
  { bucket, indexer, log, meter }: IndexObjectsContext,
): Promise<IndexObjectsAnswer> {
  const messages = readNotices(event, bucket);
  const failed = new Set<string>();
  const tally: Partial<Record<StoredIndexOutcome['kind'], number>> = {};
  // The same object in several messages is looked at once.
  const done = new Map<string, Promise<StoredIndexOutcome>>();
  for (const { messageId, key } of messages) {
    if (key === undefined) {
      failed.add(messageId);
      log.warn('A message is no notice of the archive');
      continue;
    }
    const known = done.get(key);
    const outcome = known ?? indexer.index(key);
    done.set(key, outcome);
    try {
      const { kind } = await outcome;
      if (known === undefined) tally[kind] = (tally[kind] ?? 0) + 1;
    } catch (error) {
      failed.add(messageId);
      if (known === undefined) log.error('An object could not be indexed', error);
    }
  }
  log.info('Objects indexed', { records: done.size, kept: tally.kept ?? 0, failed: failed.size });
  meter.add('ObjectsIndexed', tally.written ?? 0);
  meter.add('ObjectsWithoutFilter', tally.none ?? 0);
  meter.publish();
  return { batchItemFailures: [...failed].map((itemIdentifier) => ({ itemIdentifier })) };
}
