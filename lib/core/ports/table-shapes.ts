/** A secondary index of a table: its keys, nothing else, so that most writes leave it alone. */
export interface TableIndex {
  readonly name: string;
  /** A text. Items without it are not in the index. */
  readonly partitionKey: string;
  /** A number. */
  readonly sortKey: string;
}

/**
 * The tables on DynamoDB, as the adapters read and write them and as the stacks make them. Every table
 * has the text keys `pk` and `sk`, and items lapse at `expiresAt` (seconds since the epoch).
 */
export interface TableShape {
  readonly indexes: readonly TableIndex[];
}

/** Requests, their audit chains, the names that they claim, and pointers from subjects to them. */
export const REQUEST_TABLE = {
  indexes: [
    { name: 'by-wake-time', partitionKey: 'wakeShard', sortKey: 'wakeAt' },
    { name: 'with-outbox', partitionKey: 'outboxShard', sortKey: 'outboxSince' },
    { name: 'by-receipt', partitionKey: 'listed', sortKey: 'receivedAt' },
  ],
} as const satisfies TableShape;
