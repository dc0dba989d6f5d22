import { createHash } from 'node:crypto';
import type { Clock } from '../../lib/core/ports/clock.ts';
import {
  putFault,
  type PutOutcome,
  recordBytes,
  type RecordStream,
  RecordStreamError,
  type StreamRecord,
} from '../../lib/core/ports/record-stream.ts';

const RECORDS_A_SECOND = 1_000;
const BYTES_A_SECOND = 1024 * 1024;

interface Shard {
  id: string;
  records: StreamRecord[];
  /** What may still be written now; refilled as time goes by, for one second at most. */
  recordRoom: number;
  byteRoom: number;
  refilledAt: number;
}

export interface MemoryRecordStream extends RecordStream {
  shards: readonly Readonly<Shard>[];
  /** Ends the open shards and opens others, as a resharding does. */
  reshard(count: number): void;
}

/**
 * Kinesis Data Streams in memory. Each shard takes 1,000 records and 1 MiB a second and refuses what
 * is over, record by record, with the documented code; a resharded stream keeps its closed shards.
 */
export function memoryRecordStream(options: { clock: Clock; shards: number }): MemoryRecordStream {
  const all: Shard[] = [];
  let open: Shard[] = [];
  let sequence = 0n;

  const reshard = (count: number): void => {
    open = Array.from({ length: count }, (_, at) => ({
      id: `shardId-${String(all.length + at).padStart(12, '0')}`,
      records: [],
      recordRoom: RECORDS_A_SECOND,
      byteRoom: BYTES_A_SECOND,
      refilledAt: options.clock.now(),
    }));
    all.push(...open);
  };
  reshard(options.shards);

  const putOne = (record: StreamRecord): PutOutcome => {
    // Kinesis gives each shard an equal part of the range of MD5 by default.
    const hash = createHash('md5').update(record.partitionKey).digest().readUInt32BE(0);
    const shard = open[Math.floor((hash / 2 ** 32) * open.length)]!;
    refill(shard, options.clock.now());
    const bytes = recordBytes(record);
    if (shard.recordRoom < 1 || shard.byteRoom < bytes) {
      return { ok: false, code: 'ProvisionedThroughputExceededException' };
    }
    shard.recordRoom -= 1;
    shard.byteRoom -= bytes;
    shard.records.push({ partitionKey: record.partitionKey, data: record.data.slice() });
    sequence += 1n;
    return { ok: true, shardId: shard.id, sequenceNumber: sequence.toString() };
  };

  return {
    shards: all,
    reshard,
    put: (records) => {
      const fault = putFault(records);
      if (fault !== undefined) return Promise.reject(new RecordStreamError(fault, false));
      return Promise.resolve(records.map(putOne));
    },
    openShards: () => Promise.resolve(open.length),
  };
}

function refill(shard: Shard, now: number): void {
  const seconds = (now - shard.refilledAt) / 1000;
  shard.recordRoom = Math.min(RECORDS_A_SECOND, shard.recordRoom + seconds * RECORDS_A_SECOND);
  shard.byteRoom = Math.min(BYTES_A_SECOND, shard.byteRoom + seconds * BYTES_A_SECOND);
  shard.refilledAt = now;
}
