/** A record on its way into a sharded stream. `data` is at most 1 MiB with its partition key. */
export interface StreamRecord {
  partitionKey: string;
  data: Uint8Array;
}

/** What became of one record. `code` is the service's own word, such as a throughput exception. */
export type PutOutcome =
  { ok: true; shardId: string; sequenceNumber: string } | { ok: false; code: string };

/**
 * A sharded, ordered stream (Kinesis Data Streams, or its local twin).
 * Limits: 500 records and 5 MiB a put; 1,000 records and 1 MiB a second and shard.
 * Source: Amazon Kinesis Data Streams API reference, PutRecords.
 */
export interface RecordStream {
  /** Puts records; answers one outcome a record, in order. Throws only if none was accepted. */
  put(records: readonly StreamRecord[]): Promise<readonly PutOutcome[]>;
  /** How many shards take records now. */
  openShards(): Promise<number>;
}
