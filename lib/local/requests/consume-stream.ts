import type { Checkpoint, ConsumedRecord, FileRecordStream } from '../file-record-stream.ts';
import type { Doorbell } from './doorbell.ts';

/** What became of a record. */
export type RecordVerdict =
  | { readonly kind: 'done' }
  /** Try again soon. */
  | { readonly kind: 'again'; readonly code: string }
  /** No try will ever do. */
  | { readonly kind: 'dead'; readonly code: string };

export interface ConsumerOptions {
  readonly stream: FileRecordStream;
  /** Names its checkpoint. */
  readonly consumer: string;
  readonly bell: Doorbell;
  /** One verdict per record, in their order. What it throws counts as `again` for all. */
  readonly handle: (records: readonly ConsumedRecord[]) => Promise<readonly RecordVerdict[]>;
  /** Puts aside a record that nobody could handle, with why. What it throws counts as `again`. */
  readonly bury: (record: ConsumedRecord, code: string) => Promise<void>;
}

/** Tries of one record before it is put aside; requests find by their own clock what is missing. */
const MOST_TRIES = 6;
/** First wait between tries, ms; doubles each time. */
const FIRST_WAIT = 100;
/** How often an idle consumer looks, ms; the bell wakes it earlier. */
const POLL = 1_000;

/**
 * Hands a stream's records to a handler until the signal aborts. The checkpoint moves after they are
 * handled: a killed process handles some twice and none never.
 */
export async function consumeStream(options: ConsumerOptions, signal: AbortSignal): Promise<void> {
  const { stream, consumer, bell } = options;
  let taken: Checkpoint = await stream.checkpoint(consumer);
  const readers = stream.readers(taken);
  while (!signal.aborted) {
    let found = 0;
    for (const reader of readers) {
      const records = await reader.read();
      const last = records.at(-1);
      if (last === undefined) continue;
      found += records.length;
      if (!(await handleAll(options, records, signal))) return;
      taken = { ...taken, [reader.shardId]: last.sequenceNumber };
      await stream.saveCheckpoint(consumer, taken);
    }
    if (found === 0) await bell.wait(POLL, signal);
  }
}

/** Answers false when it was told to stop before all were handled. */
async function handleAll(
  options: ConsumerOptions,
  records: readonly ConsumedRecord[],
  signal: AbortSignal,
): Promise<boolean> {
  let open = records;
  for (let tries = 1; ; tries++) {
    const verdicts = await judge(options, open);
    const again: ConsumedRecord[] = [];
    for (const [at, record] of open.entries()) {
      const verdict = verdicts[at] ?? { kind: 'again', code: 'no-verdict' };
      if (verdict.kind === 'done') continue;
      const isOver = verdict.kind === 'dead' || tries >= MOST_TRIES;
      if (!isOver || !(await isBuried(options, record, verdict.code))) again.push(record);
    }
    if (again.length === 0) return true;
    open = again;
    await pause(FIRST_WAIT * 2 ** Math.min(tries - 1, MOST_TRIES), signal);
    if (signal.aborted) return false;
  }
}

/** Who can't be buried comes again: nothing is dropped. */
async function isBuried(
  { bury }: ConsumerOptions,
  record: ConsumedRecord,
  code: string,
): Promise<boolean> {
  try {
    await bury(record, code);
    return true;
  } catch {
    return false;
  }
}

async function judge(
  { handle }: ConsumerOptions,
  records: readonly ConsumedRecord[],
): Promise<readonly RecordVerdict[]> {
  try {
    return await handle(records);
  } catch (error) {
    const code = error instanceof Error ? error.name : 'unknown';
    return records.map(() => ({ kind: 'again', code }));
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(end, milliseconds);
    function end(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    }
    signal.addEventListener('abort', end, { once: true });
  });
}
