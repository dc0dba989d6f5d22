import type { Buffer } from 'node:buffer';

/** What becomes of a row that the scanner left to the reference. */
export type Verdict = 'matches' | 'kept' | { fault: string };

/** What a scan of one stretch of memory answers. */
export interface Scanned {
  /** Address of the first byte that was not consumed. */
  end: number;
  rows: number;
  lines: number;
  /** How many events lie at {@link RowScanner.events}. */
  events: number;
}

/** Numbers of one event: row's start, its end (line ending included), kind, line within the scan. */
export const EVENT = { start: 0, end: 1, kind: 2, line: 3, size: 4 } as const;
export const EVENT_KIND = { matched: 1, ask: 2 } as const;
/** Events that one scan can make. */
export const EVENT_LIMIT = 4096;

/** How the rows of one text format are found in memory and judged. One a thread and object. */
export interface RowScanner {
  readonly events: Uint32Array;
  /** Bytes at an object's beginning that are kept and are no row: a BOM, or a header. */
  begin(head: Buffer, last: boolean): { skip: number } | 'more' | { fault: string };
  /**
   * Consumes whole rows in memory at [at, end); a newline stands at `end` when `last`, which is then
   * consumed or not. Stops early when it has made {@link EVENT_LIMIT} events.
   */
  scan(at: number, end: number, last: boolean): Scanned;
  /** Judges the row in `bytes[from, to)`, line ending included. */
  judge(bytes: Buffer, from: number, to: number): Verdict;
  /** Whether a newline always ends a row, so that an overlong row can be passed over. */
  readonly endsAtNewline: boolean;
}
