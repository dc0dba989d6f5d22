import { Buffer } from 'node:buffer';

/** A record on its way into a sharded stream. `data` is at most 1 MiB with its partition key. */
export interface StreamRecord {
  partitionKey: string;
  data: Uint8Array;
}

/** What became of one record. `code` is the service's own word, such as a throughput exception. */
export type PutOutcome =
  { ok: true; shardId: string; sequenceNumber: string } | { ok: false; code: string };

/** What one put may hold. Source: Amazon Kinesis Data Streams API reference, PutRecords. */
export const PUT_LIMITS = {
  records: 500,
  /** With partition keys. */
  bytes: 5 * 1024 * 1024,
  /** One record, with its partition key. */
  recordBytes: 1024 * 1024,
  partitionKeyCharacters: 256,
} as const;

/** A put or a question that failed as a whole. */
export class RecordStreamError extends Error {
  override readonly name = 'RecordStreamError';
  /** The service's own word, or a name of ours; never data. */
  readonly code: string;
  /** False where the same call would fail again: no such stream, no permission, over a limit. */
  readonly retryable: boolean;

  constructor(code: string, retryable: boolean, cause?: unknown) {
    super(`The record stream answered ${code}`, { cause });
    this.code = code;
    this.retryable = retryable;
  }
}

/**
 * A sharded, ordered stream (Kinesis Data Streams, or its local twin).
 * Limits: {@link PUT_LIMITS} a put; 1,000 records and 1 MiB a second and shard.
 */
export interface RecordStream {
  /**
   * Puts records; answers one outcome a record, in order.
   * @throws {RecordStreamError} only if no record is known to be accepted. After a lost answer some
   * may have been: who puts them again may make duplicates, as Kinesis itself does.
   */
  put(records: readonly StreamRecord[]): Promise<readonly PutOutcome[]>;
  /** How many shards take records now. */
  openShards(): Promise<number>;
}

/** Bytes of a record as the limits count them. */
export function recordBytes(record: StreamRecord): number {
  return Buffer.byteLength(record.partitionKey) + record.data.byteLength;
}

/** Why a put would be refused as a whole, in a word, or undefined. */
export function putFault(records: readonly StreamRecord[]): string | undefined {
  if (records.length > PUT_LIMITS.records) return 'TooManyRecords';
  let bytes = 0;
  for (const record of records) {
    const { length } = record.partitionKey;
    if (length === 0) return 'NoPartitionKey';
    if (length > PUT_LIMITS.partitionKeyCharacters) return 'PartitionKeyTooLong';
    const size = recordBytes(record);
    if (size > PUT_LIMITS.recordBytes) return 'RecordTooLarge';
    bytes += size;
  }
  return bytes > PUT_LIMITS.bytes ? 'PutTooLarge' : undefined;
}
