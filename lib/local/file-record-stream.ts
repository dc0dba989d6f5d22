import { readdir, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../core/ports/clock.ts';
import {
  putFault,
  type PutOutcome,
  recordBytes,
  type RecordStream,
  RecordStreamError,
  type StreamRecord,
} from '../core/ports/record-stream.ts';
import { makeFolder, replaceFile, UNFINISHED, unlessMissing } from './durable-files.ts';
import { claimFolder } from './stream/ownership.ts';
import { type NewRecord, ShardLog, type ShardPlace } from './stream/shard-log.ts';
import { counterOf, printSequence, shardName, shardOf } from './stream/shard-name.ts';
import { ShardThroughput } from './stream/throughput.ts';

export interface FileRecordStreamOptions {
  directory: string;
  clock: Clock;
  /** Shards of a new stream; one that is there keeps its own. @default 1 */
  shards?: number;
  /** Whether a shard takes no more a second than Kinesis lets it. @default true */
  limitThroughput?: boolean;
  /** A segment file is closed once it holds so many bytes. @default 8 MiB */
  segmentBytes?: number;
}

/** A record as a consumer reads it. */
export interface ConsumedRecord extends StreamRecord {
  shardId: string;
  sequenceNumber: string;
  /** Milliseconds since the epoch. */
  approximateArrival: number;
}

/** The last sequence number that a consumer is done with, by shard. */
export type Checkpoint = Readonly<Record<string, string>>;

/** Reads one shard from a place on. */
export interface ShardReader {
  readonly shardId: string;
  /** The next records, at least one and about 1 MiB at most; none when all were read. */
  read(): Promise<readonly ConsumedRecord[]>;
}

/**
 * A record stream in a folder, for one process at a time. An accepted record is on the disk before
 * its outcome is answered; what a killed process had half-written is cut off when it is opened.
 */
export class FileRecordStream implements RecordStream {
  private readonly directory: string;
  private readonly clock: Clock;
  private readonly shards: readonly ShardLog[];
  private readonly throughput: readonly ShardThroughput[] | undefined;
  private readonly release: () => Promise<void>;

  private constructor(
    { directory, clock, limitThroughput = true }: FileRecordStreamOptions,
    shards: readonly ShardLog[],
    release: () => Promise<void>,
  ) {
    this.directory = directory;
    this.clock = clock;
    this.shards = shards;
    this.throughput = limitThroughput ? shards.map(() => new ShardThroughput(clock)) : undefined;
    this.release = release;
  }

  /**
   * @throws {FolderInUseError} when another process has the stream open.
   * @throws {StreamCorruptError} when accepted records can no longer be read.
   */
  static async open(options: FileRecordStreamOptions): Promise<FileRecordStream> {
    const { directory, segmentBytes = 8 * 1024 * 1024 } = options;
    await makeFolder(join(directory, 'consumers'));
    const release = await claimFolder(directory);
    const shards: ShardLog[] = [];
    try {
      for (const name of await readdir(join(directory, 'consumers'))) {
        if (name.endsWith(UNFINISHED)) await unlink(join(directory, 'consumers', name));
      }
      for (const name of await settleShards(directory, options.shards ?? 1)) {
        shards.push(await ShardLog.open(join(directory, name), segmentBytes));
      }
      return new FileRecordStream(options, shards, release);
    } catch (error) {
      for (const shard of shards) await shard.close();
      await release();
      throw error;
    }
  }

  async put(records: readonly StreamRecord[]): Promise<readonly PutOutcome[]> {
    const fault = putFault(records);
    if (fault !== undefined) throw new RecordStreamError(fault, false);
    const outcomes = new Array<PutOutcome>(records.length);
    const accepted = new Map<number, { at: number; record: NewRecord }[]>();
    for (const [at, record] of records.entries()) {
      const shard = shardOf(record.partitionKey, this.shards.length);
      if (this.throughput?.[shard]!.take(recordBytes(record)) === false) {
        outcomes[at] = { ok: false, code: 'ProvisionedThroughputExceededException' };
        continue;
      }
      const entry = { at, record: { ...record, arrival: this.clock.now() } };
      const others = accepted.get(shard);
      if (others === undefined) accepted.set(shard, [entry]);
      else others.push(entry);
    }
    const failures: unknown[] = [];
    await Promise.all(
      [...accepted].map(async ([shard, entries]) => {
        try {
          const first = await this.shards[shard]!.append(entries.map(({ record }) => record));
          for (const [nth, { at }] of entries.entries()) {
            const sequenceNumber = printSequence(shard, first + nth);
            outcomes[at] = { ok: true, shardId: shardName(shard), sequenceNumber };
          }
        } catch (error) {
          failures.push(error);
          for (const { at } of entries) outcomes[at] = { ok: false, code: 'InternalFailure' };
        }
      }),
    );
    if (failures.length > 0 && !outcomes.some(({ ok }) => ok)) {
      throw new RecordStreamError('InternalFailure', true, failures[0]);
    }
    return outcomes;
  }

  openShards(): Promise<number> {
    return Promise.resolve(this.shards.length);
  }

  /** A reader for each shard, from behind what a checkpoint names, or from the oldest record on. */
  readers(after: Checkpoint = {}): readonly ShardReader[] {
    return this.shards.map((log, index) => {
      const shardId = shardName(index);
      const sequence = after[shardId];
      let place: ShardPlace = {
        nextCounter: sequence === undefined ? 1 : counterOf(sequence) + 1,
        firstCounter: 0,
        offset: 0,
      };
      const read = async (): Promise<readonly ConsumedRecord[]> => {
        const found = await log.read(place);
        place = found.place;
        return found.frames.map(({ partitionKey, data, counter, arrival }) => ({
          shardId,
          partitionKey,
          data,
          sequenceNumber: printSequence(index, counter),
          approximateArrival: arrival,
        }));
      };
      return { shardId, read };
    });
  }

  /** Where the shards end now: the sequence number of the last accepted record of each. */
  end(): Checkpoint {
    const ends = this.shards.map((log, index) => [
      shardName(index),
      printSequence(index, log.lastCounter),
    ]);
    return Object.fromEntries(ends) as Checkpoint;
  }

  /** What a consumer has saved; empty when it never did. */
  async checkpoint(consumer: string): Promise<Checkpoint> {
    const text = await unlessMissing(readFile(this.checkpointPath(consumer), 'utf8'));
    return text === undefined ? {} : (JSON.parse(text) as Checkpoint);
  }

  /** Saves, durably, what a consumer is done with. */
  async saveCheckpoint(consumer: string, checkpoint: Checkpoint): Promise<void> {
    await replaceFile(this.checkpointPath(consumer), `${JSON.stringify(checkpoint)}\n`);
  }

  /**
   * Takes records away that a consumer is done with and that are older than the retention, file by
   * file. Kinesis trims by age alone; here an event that was never delivered is never lost.
   */
  async trim(done: Checkpoint, retention: number): Promise<void> {
    for (const [index, log] of this.shards.entries()) {
      const sequence = done[shardName(index)];
      if (sequence === undefined) continue;
      await log.trim(counterOf(sequence), this.clock.now() - retention);
    }
  }

  /** Finishes what is being written and gives the folder back. */
  async close(): Promise<void> {
    for (const log of this.shards) await log.close();
    await this.release();
  }

  private checkpointPath(consumer: string): string {
    return join(this.directory, 'consumers', `${encodeURIComponent(consumer)}.json`);
  }
}

/** The stream's shards, settled when it is made: a key must stay in its shard. */
async function settleShards(directory: string, wanted: number): Promise<string[]> {
  const path = join(directory, 'stream.json');
  const text = await unlessMissing(readFile(path, 'utf8'));
  const shards = text === undefined ? wanted : (JSON.parse(text) as { shards: number }).shards;
  if (!Number.isInteger(shards) || shards < 1) {
    throw new RangeError(`a stream needs a whole number of shards, 1 or more, not ${shards}`);
  }
  if (text === undefined) await replaceFile(path, `${JSON.stringify({ shards })}\n`);
  return Array.from({ length: shards }, (_, index) => shardName(index));
}
