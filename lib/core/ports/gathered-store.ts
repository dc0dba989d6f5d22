/** Personal data of one task: records in hand, or as JSON Lines, read once, as many as there are. */
export type GatheredRows =
  | { readonly kind: 'records'; readonly records: readonly Readonly<Record<string, unknown>>[] }
  /** One JSON object a line, UTF-8, cut anywhere. */
  | { readonly kind: 'lines'; readonly lines: AsyncIterable<Uint8Array> };

/** What executors gather for the access package: sealed under the request's key at rest. */
export interface GatheredStore {
  /**
   * Stores one task's data; a later attempt replaces an earlier one, never the reverse. What `lines`
   * throws is thrown, and nothing is stored.
   */
  put(dsrId: string, taskId: string, attempt: number, rows: GatheredRows): Promise<void>;
  /** Everything that was gathered for a request, by task. Each task's lines are read before the next. */
  list(dsrId: string): AsyncIterable<{ readonly taskId: string; readonly rows: GatheredRows }>;
  /** Takes everything of a request away; twice is once. */
  clear(dsrId: string): Promise<void>;
}
