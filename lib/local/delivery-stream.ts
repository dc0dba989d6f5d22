import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Clock } from '../core/ports/clock.ts';
import type { ObjectStore } from '../core/ports/object-store.ts';
import { objectKey, type ObjectNaming } from './delivery/object-name.ts';
import {
  errorLine,
  partIntoBatches,
  type Transform,
  transformBatch,
  type TransformedRecord,
  type TransformSettings,
} from './delivery/transform-batch.ts';
import type { Checkpoint, ConsumedRecord, FileRecordStream } from './file-record-stream.ts';

/** An object that was just written, durably. */
export interface DeliveredObject {
  key: string;
  kind: 'data' | 'error';
  records: number;
  /** As stored. */
  bytes: number;
}

/** Told as it happens; what it does is awaited. */
export interface DeliveryObserver {
  transformed?(outcome: { ok: number; dropped: number; failed: number }): void | Promise<void>;
  delivered?(object: DeliveredObject): void | Promise<void>;
  checkpointed?(): void | Promise<void>;
}

export interface DeliveryOptions {
  stream: FileRecordStream;
  store: ObjectStore;
  transform: Transform;
  transformSettings: TransformSettings;
  lambdaArn: string;
  naming: ObjectNaming;
  clock: Clock;
  newId: () => string;
  /** Waits so many ms; at once when the signal aborts. */
  sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** An object is written at so many bytes … @default 1 MiB */
  bufferBytes?: number;
  /** … or once its oldest record has waited so long, ms. @default 60 s */
  bufferTime?: number;
  /** @default false */
  gzip?: boolean;
  /** How long delivered records stay in the stream, ms. @default 24 h, as Kinesis */
  retention?: number;
  observer?: DeliveryObserver;
}

const MEBIBYTE = 1024 * 1024;
const DAY = 86_400_000;
/** How often an idle delivery looks for records, ms. */
const POLL = 200;

/** Bytes on their way into one object. */
interface Pending {
  chunks: Uint8Array[];
  bytes: number;
  /** Arrival of the oldest record in it. */
  oldest: number;
}

const emptyPending = (): Pending => ({ chunks: [], bytes: 0, oldest: Infinity });

/**
 * Firehose's local twin: from a record stream through a transform into objects. At least once: the
 * checkpoint moves only after everything before it is durable in the store, so that a killed process
 * delivers some records twice and none never. Holds about two buffers in memory, whatever flows.
 */
export class DeliveryStream {
  private readonly options: DeliveryOptions;
  private data = emptyPending();
  private errors = emptyPending();
  /** What the pending bytes and the objects written hold, together. */
  private taken: Record<string, string> = {};
  private hasMoved = false;
  /** When the oldest pending record was taken in. */
  private pendingSince: number | undefined;

  constructor(options: DeliveryOptions) {
    this.options = options;
  }

  /**
   * Delivers until the signal aborts, then everything that was accepted until then, and returns.
   * Rejects when the store or the stream fails: nothing is lost, run it again.
   */
  async run(signal: AbortSignal): Promise<void> {
    const { stream, naming, sleep } = this.options;
    this.data = emptyPending();
    this.errors = emptyPending();
    this.hasMoved = false;
    this.pendingSince = undefined;
    this.taken = { ...(await stream.checkpoint(naming.streamName)) };
    const readers = stream.readers(this.taken);
    while (!signal.aborted) {
      let found = 0;
      for (const reader of readers) found += await this.take(await reader.read());
      if (this.isDue()) await this.flush();
      if (found === 0) await sleep(POLL, signal);
    }
    const end = stream.end();
    for (const reader of readers) {
      while ((this.taken[reader.shardId] ?? '') < end[reader.shardId]!) {
        if ((await this.take(await reader.read())) === 0) break;
      }
    }
    await this.flush();
  }

  private async take(records: readonly ConsumedRecord[]): Promise<number> {
    const { transform, transformSettings, newId, bufferBytes = MEBIBYTE } = this.options;
    for (const batch of partIntoBatches(records, transformSettings.bufferBytes)) {
      const transformed = await transformBatch(batch, transform, transformSettings, newId);
      await this.tell(transformed);
      this.pendingSince ??= this.options.clock.now();
      for (const record of transformed) this.append(record);
      const { shardId, sequenceNumber } = batch.at(-1)!.source;
      this.taken[shardId] = sequenceNumber;
      this.hasMoved = true;
      if (Math.max(this.data.bytes, this.errors.bytes) >= bufferBytes) await this.flush();
    }
    return records.length;
  }

  private append({ source, verdict, attemptsMade }: TransformedRecord): void {
    if (verdict.kind === 'dropped') return;
    const { lambdaArn, clock } = this.options;
    const isOk = verdict.kind === 'ok';
    const pending = isOk ? this.data : this.errors;
    const chunk = isOk
      ? verdict.data
      : errorLine({ source, verdict, attemptsMade }, lambdaArn, clock);
    pending.chunks.push(chunk);
    pending.bytes += chunk.length;
    pending.oldest = Math.min(pending.oldest, source.approximateArrival);
  }

  private async tell(transformed: readonly TransformedRecord[]): Promise<void> {
    const outcome = { ok: 0, dropped: 0, failed: 0 };
    for (const { verdict } of transformed) outcome[verdict.kind] += 1;
    await this.options.observer?.transformed?.(outcome);
  }

  private isDue(): boolean {
    const { clock, bufferTime = 60_000 } = this.options;
    return this.pendingSince !== undefined && clock.now() - this.pendingSince >= bufferTime;
  }

  /** Writes what is pending, and only then moves the checkpoint. */
  private async flush(): Promise<void> {
    if (!this.hasMoved) return;
    const { stream, naming, observer, retention = DAY } = this.options;
    await this.write('data', this.data);
    this.data = emptyPending();
    await this.write('error', this.errors);
    this.errors = emptyPending();
    const done: Checkpoint = { ...this.taken };
    await stream.saveCheckpoint(naming.streamName, done);
    this.hasMoved = false;
    this.pendingSince = undefined;
    await observer?.checkpointed?.();
    await stream.trim(done, retention);
  }

  private async write(kind: 'data' | 'error', { chunks, bytes, oldest }: Pending): Promise<void> {
    if (chunks.length === 0) return;
    const { store, naming, newId, observer, gzip: compressed = false } = this.options;
    const plain = Buffer.concat(chunks, bytes);
    const body = compressed ? await promisify(gzip)(plain) : plain;
    const key = objectKey(naming, kind, oldest, newId());
    // Firehose sets no more than this: objects are `application/octet-stream`.
    const contentType = 'application/octet-stream';
    const attributes = compressed ? { contentType, contentEncoding: 'gzip' } : { contentType };
    const outcome = await store.put(key, body, { ...attributes, ifAbsent: true });
    // A random id that is taken already is a fault of its maker; overwriting would lose events.
    if (outcome.kind === 'changed') throw new Error(`the object ${key} is there already`);
    await observer?.delivered?.({ key, kind, records: chunks.length, bytes: body.length });
  }
}
