import type { Buffer } from 'node:buffer';

import { withContent } from '../compression/content.ts';
import type { ObjectSource } from '../format.ts';
import { readCsvHeader } from '../text/csv.ts';
import type { RowScanner, Scanned, Verdict } from '../text/row-scanner.ts';
import { MAX_COLUMNS, scanRoomOf } from '../text/scan-room.ts';
import type { TextFormat } from '../text/text-format.ts';
import type { CollectingMatcher } from './collecting-matcher.ts';

export interface Collected {
  rows: number;
  unparsable: number;
  /** Of the plain data. */
  bytes: number;
  /** For each path: 1 when the object has it. */
  seen: Uint8Array;
}

/**
 * Hands every value at the matcher's paths to its sink, in constant memory.
 * @throws {CorruptObject}
 */
export async function collectText(
  source: ObjectSource,
  format: TextFormat,
  matcher: CollectingMatcher,
): Promise<Collected> {
  const room = scanRoomOf(matcher);
  let unparsable = 0;
  let bytes = 0;
  const scanner = new CollectingScanner(format.scannerOf(matcher, room), matcher, format.name);
  const { rows } = await withContent(source, ({ reader }) =>
    room.window.readRows(reader, scanner, {
      fault: () => {
        unparsable++;
      },
      stretch: (stretch) => {
        bytes = stretch.offset + stretch.bytes.length;
      },
    }),
  );
  return { rows, unparsable, bytes, seen: room.seen.slice() };
}

/** Empties the engine's room for hashes after each scan. */
class CollectingScanner implements RowScanner {
  readonly events: Uint32Array;
  readonly endsAtNewline: boolean;
  readonly #inner: RowScanner;
  readonly #matcher: CollectingMatcher;
  readonly #isCsv: boolean;

  constructor(inner: RowScanner, matcher: CollectingMatcher, format: string) {
    this.#inner = inner;
    this.#matcher = matcher;
    this.#isCsv = format === 'csv';
    this.events = inner.events;
    this.endsAtNewline = inner.endsAtNewline;
  }

  begin(head: Buffer, last: boolean): ReturnType<RowScanner['begin']> {
    const header = this.#isCsv ? readCsvHeader(head, last) : undefined;
    if (typeof header === 'object' && 'names' in header && header.names.length > MAX_COLUMNS) {
      // A search for fewer paths might look at columns that this one would leave out.
      return { fault: `it has more than ${MAX_COLUMNS} columns` };
    }
    return this.#inner.begin(head, last);
  }

  scan(at: number, end: number, last: boolean): Scanned {
    const scanned = this.#inner.scan(at, end, last);
    this.#matcher.drain();
    return scanned;
  }

  judge(bytes: Buffer, from: number, to: number): Verdict {
    return this.#inner.judge(bytes, from, to);
  }
}
