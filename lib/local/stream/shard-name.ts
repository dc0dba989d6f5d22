import { createHash } from 'node:crypto';

const COUNTER_DIGITS = 46;
const SHARD_DIGITS = 6;

export function shardName(index: number): string {
  return `shardId-${String(index).padStart(12, '0')}`;
}

/** The shard whose part of the range of MD5 holds a partition key; shards have equal parts. */
export function shardOf(partitionKey: string, shards: number): number {
  // 52 bits are exact in a number, and far finer than any shard's part.
  const hash = createHash('md5').update(partitionKey, 'utf8').digest('hex');
  return Math.floor((Number.parseInt(hash.slice(0, 13), 16) / 2 ** 52) * shards);
}

/** 56 digits as in Kinesis; of one shard's records the later has the greater, as text and number. */
export function printSequence(shard: number, counter: number): string {
  return `4965${String(shard).padStart(SHARD_DIGITS, '0')}${String(counter).padStart(COUNTER_DIGITS, '0')}`;
}

/** The counter in a sequence number of ours. */
export function counterOf(sequenceNumber: string): number {
  return Number(sequenceNumber.slice(-COUNTER_DIGITS));
}
