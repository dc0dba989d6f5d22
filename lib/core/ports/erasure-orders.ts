import type { SealedBox } from '../identity/sealed-box.ts';

/** One erasure that waits for a run, or was in one. Without personal data in clear. */
export interface ErasureOrder {
  /** `<dsrId>/<taskId>` of the service protocol. */
  readonly orderId: string;
  /** Counts the writes; a write names the version that it read plus 1. */
  readonly version: number;
  /** Store of the data map. */
  readonly store: string;
  /** The highest that was seen; a newer one reopens an order whose run was not done. */
  readonly attempt: number;
  /** Milliseconds since the epoch. */
  readonly receivedAt: number;
  /** Sealed criteria, NDJSON; gone once its run has ended. */
  readonly criteria?: SealedBox;
  /** The run that serves it; absent while it waits. */
  readonly runId?: string;
}

/** Erasures of archives that wait for a run: one scan serves many. Reads see every write before. */
export interface ErasureOrders {
  load(orderId: string): Promise<ErasureOrder | undefined>;
  /** Writes an order whose `version` is that which was read plus 1 (1: there is none yet). */
  save(order: ErasureOrder): Promise<'saved' | 'conflict'>;
  /** Orders that still hold criteria: waiting, or in a run that has not ended. Oldest first. */
  open(): AsyncIterable<ErasureOrder>;
}
