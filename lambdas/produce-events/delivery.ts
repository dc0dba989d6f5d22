import {
  recordBytes,
  type RecordStream,
  RecordStreamError,
  type StreamRecord,
} from '../../lib/core/ports/record-stream.ts';
import type { Sleep } from '../runtime/sleep.ts';
import type { Pacer } from './pacer.ts';

/** What became of the records so far; each delivery adds to it as answers come in. */
export interface Totals {
  sent: number;
  accepted: number;
  resent: number;
  throttled: number;
  /** The last code of a refusal, in the service's own word. */
  lastCode?: string;
  /** Set once a refusal can only repeat itself: sending on is pointless. */
  permanentCode?: string;
}

export interface DeliveryContext {
  stream: RecordStream;
  pacer: Pacer;
  sleep: Sleep;
  /** Uniform in [0, 1). */
  random: () => number;
  totals: Totals;
  /** Aborts when time is up: no attempt begins after it. */
  signal: AbortSignal;
}

/** Exponential backoff with full jitter; see "Exponential Backoff And Jitter", AWS Architecture Blog. */
const FIRST_BACKOFF_MILLISECONDS = 50;
const LONGEST_BACKOFF_MILLISECONDS = 2_000;
const MOST_ATTEMPTS = 10;

/** Puts a batch into the stream and sends again only what was refused, until all is in or time is up. */
export async function deliver(
  batch: readonly StreamRecord[],
  context: DeliveryContext,
): Promise<void> {
  const { pacer, random, signal, sleep, totals } = context;
  totals.sent += batch.length;
  let pending = await attempt(batch, context);
  for (let attempts = 1; pending.length > 0 && attempts < MOST_ATTEMPTS; attempts++) {
    if (totals.permanentCode !== undefined) return;
    const ceiling = FIRST_BACKOFF_MILLISECONDS * 2 ** attempts;
    await sleep(random() * Math.min(LONGEST_BACKOFF_MILLISECONDS, ceiling), signal);
    await pacer.take(pending.length, bytesOf(pending), signal);
    if (signal.aborted) return;
    totals.resent += pending.length;
    pending = await attempt(pending, context);
  }
}

/** One put; answers the records that are to be sent again. */
async function attempt(
  records: readonly StreamRecord[],
  { stream, totals }: DeliveryContext,
): Promise<readonly StreamRecord[]> {
  try {
    const outcomes = await stream.put(records);
    return records.filter((_, at) => {
      const outcome = outcomes[at];
      if (outcome?.ok === true) {
        totals.accepted += 1;
        return false;
      }
      refused(totals, outcome?.code ?? 'NoOutcome');
      return true;
    });
  } catch (error) {
    if (!(error instanceof RecordStreamError)) throw error;
    refused(totals, error.code);
    if (!error.retryable) totals.permanentCode = error.code;
    return records;
  }
}

function refused(totals: Totals, code: string): void {
  totals.lastCode = code;
  if (code === 'ProvisionedThroughputExceededException') totals.throttled += 1;
}

function bytesOf(records: readonly StreamRecord[]): number {
  return records.reduce((sum, record) => sum + recordBytes(record), 0);
}
