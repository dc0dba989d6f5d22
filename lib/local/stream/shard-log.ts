import { open, unlink, type FileHandle } from 'node:fs/promises';
import { makeFolder, PRIVATE_FILE, syncFolder } from '../durable-files.ts';
import { encodeFrame, type Frame } from './frame.ts';
import {
  findSegments,
  mendTail,
  readFrames,
  segmentPath,
  type Segment,
  StreamCorruptError,
} from './segment.ts';

export interface NewRecord {
  partitionKey: string;
  data: Uint8Array;
  arrival: number;
}

interface Waiting {
  records: readonly NewRecord[];
  accept: (firstCounter: number) => void;
  refuse: (error: unknown) => void;
}

/** One shard on disk: segments that are only appended to, and dropped whole when they are trimmed. */
export class ShardLog {
  private readonly folder: string;
  private readonly segmentBytes: number;
  private readonly segments: Segment[];
  private active: FileHandle;
  private nextCounter: number;
  private batch: number;
  private lastArrival: number;
  private waiting: Waiting[] = [];
  private writing: Promise<void> | undefined;
  /** Set when a failed write could not be taken back: only opening anew can mend that. */
  private broken: Error | undefined;

  private constructor(
    folder: string,
    segmentBytes: number,
    segments: Segment[],
    active: FileHandle,
    last: Frame | undefined,
  ) {
    this.folder = folder;
    this.segmentBytes = segmentBytes;
    this.segments = segments;
    this.active = active;
    this.nextCounter = last === undefined ? segments.at(-1)!.firstCounter : last.counter + 1;
    this.batch = last?.batch ?? 0;
    this.lastArrival = last?.arrival ?? 0;
  }

  static async open(folder: string, segmentBytes: number): Promise<ShardLog> {
    await makeFolder(folder);
    const segments = await findSegments(folder);
    const newest = segments.at(-1);
    const last = newest === undefined ? undefined : await mendTail(newest);
    if (newest === undefined) {
      segments.push({ path: segmentPath(folder, 1), firstCounter: 1, size: 0 });
    }
    const active = await open(segments.at(-1)!.path, 'a', PRIVATE_FILE);
    await syncFolder(folder);
    return new ShardLog(folder, segmentBytes, segments, active, last);
  }

  /** The counter of the last accepted record; 0 when there was none. */
  get lastCounter(): number {
    return this.nextCounter - 1;
  }

  /**
   * Appends records; answers the counter of the first once all are on the disk. Records of several
   * callers go into one write and one sync.
   */
  append(records: readonly NewRecord[]): Promise<number> {
    return new Promise((accept, refuse) => {
      this.waiting.push({ records, accept, refuse });
      this.writing ??= this.writeWaiting();
    });
  }

  private async writeWaiting(): Promise<void> {
    // One turn later, so that callers of the same moment share a write.
    await Promise.resolve();
    while (this.waiting.length > 0) {
      const callers = this.waiting.splice(0);
      try {
        const first = await this.writeBatch(callers.flatMap(({ records }) => records));
        let counter = first;
        for (const { records, accept } of callers) {
          accept(counter);
          counter += records.length;
        }
      } catch (error) {
        for (const { refuse } of callers) refuse(error);
      }
    }
    this.writing = undefined;
  }

  private async writeBatch(records: readonly NewRecord[]): Promise<number> {
    if (this.broken !== undefined) throw this.broken;
    if (this.segments.at(-1)!.size >= this.segmentBytes) await this.roll();
    const segment = this.segments.at(-1)!;
    const first = this.nextCounter;
    const batch = this.batch + 1;
    let arrival = this.lastArrival;
    const frames = records.map((record, at) => {
      arrival = Math.max(arrival, record.arrival);
      return encodeFrame({ ...record, arrival, batch, counter: first + at });
    });
    const bytes = Buffer.concat(frames);
    try {
      for (let at = 0; at < bytes.length;) {
        at += (await this.active.write(bytes, at)).bytesWritten;
      }
      await this.active.datasync();
    } catch (error) {
      // A full disk, say. Nothing of it was accepted, so nothing of it may stay.
      await this.active.truncate(segment.size).catch((cause: unknown) => {
        this.broken = new Error(`${segment.path} cannot be written`, { cause });
      });
      throw error;
    }
    segment.size += bytes.length;
    this.nextCounter += records.length;
    this.batch = batch;
    this.lastArrival = arrival;
    return first;
  }

  private async roll(): Promise<void> {
    const path = segmentPath(this.folder, this.nextCounter);
    const next = await open(path, 'a', PRIVATE_FILE);
    await syncFolder(this.folder);
    await this.active.close();
    this.active = next;
    this.segments.push({ path, firstCounter: this.nextCounter, size: 0 });
  }

  /**
   * Reads some records from a place on; `place` is where to go on reading. No records: all were read.
   */
  async read(place: ShardPlace): Promise<{ frames: Frame[]; place: ShardPlace }> {
    const known = this.segments.findIndex(
      ({ firstCounter }) => firstCounter === place.firstCounter,
    );
    // Not read in yet, or trimmed: the segment that holds the counter, or the oldest there is.
    const holds = this.segments.findLastIndex(
      ({ firstCounter }) => firstCounter <= place.nextCounter,
    );
    let segment = this.segments[Math.max(0, known === -1 ? holds : known)]!;
    let offset = known === -1 ? 0 : place.offset;
    for (;;) {
      const { firstCounter } = segment;
      if (offset < segment.size) {
        const { frames, end } = await readFrames(segment, offset);
        // Only bytes that were accepted are counted in a segment's size.
        if (frames.length === 0) throw new StreamCorruptError(segment.path, offset);
        offset = end;
        const wanted = frames.filter(({ counter }) => counter >= place.nextCounter);
        if (wanted.length === 0) continue;
        const nextCounter = wanted.at(-1)!.counter + 1;
        return { frames: wanted, place: { nextCounter, firstCounter, offset } };
      }
      // A segment that was trimmed meanwhile is at -1, and the next one then the oldest.
      const next: Segment | undefined = this.segments[this.segments.indexOf(segment) + 1];
      if (next === undefined) return { frames: [], place: { ...place, firstCounter, offset } };
      segment = next;
      offset = 0;
    }
  }

  /** Drops segments whose records all are at most `counter` and arrived before `before`. */
  async trim(counter: number, before: number): Promise<void> {
    while (this.segments.length > 1) {
      const [oldest, next] = this.segments as [Segment, Segment];
      if (next.firstCounter - 1 > counter || (await this.firstArrival(next)) > before) return;
      this.segments.shift();
      await unlink(oldest.path);
    }
    const [active] = this.segments as [Segment];
    if (active.size === 0 || this.lastCounter > counter || this.lastArrival > before) return;
    // Nobody may append between the look and the roll: both go through the one writer.
    if (this.writing !== undefined) return;
    this.writing = this.rollAndDrop(active).finally(() => {
      this.writing = undefined;
      if (this.waiting.length > 0) this.writing = this.writeWaiting();
    });
    await this.writing;
  }

  private async rollAndDrop(active: Segment): Promise<void> {
    await this.roll();
    this.segments.shift();
    await unlink(active.path);
    await syncFolder(this.folder);
  }

  /** No record of a segment arrived later than the first of the next. */
  private async firstArrival(segment: Segment): Promise<number> {
    if (segment.size === 0) return this.lastArrival || Infinity;
    return (await readFrames(segment, 0)).frames[0]?.arrival ?? Infinity;
  }

  async close(): Promise<void> {
    await this.writing;
    await this.active.close();
  }
}

/** Where a reader stands. */
export interface ShardPlace {
  /** The first record not read yet. */
  nextCounter: number;
  /** The segment it was last in; 0 before the first read. */
  firstCounter: number;
  offset: number;
}
