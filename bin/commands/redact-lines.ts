import type { FailureReason, RecordRedactor } from '../../lib/core/redaction/redactor.ts';

export type LineReason = FailureReason | 'too-long';

/** Well above what Kinesis and Firehose take; it bounds the memory that one line may ask for. */
export const MOST_LINE_BYTES = 16 * 1024 * 1024;

const NEWLINE = 0x0a;
const RETURN = 0x0d;

export interface LineEvents {
  /** A line that was left out. Lines are counted from 1, blank ones too. */
  failed(line: number, reason: LineReason): void;
  /** Bytes of failed lines as they came, line endings included; perhaps in pieces. */
  verbatim(bytes: Uint8Array): void;
}

/**
 * Redacts JSON Lines that come in chunks of any size. A line that is kept leaves byte for byte, with
 * its own line ending, or none at the end of the input; a redacted line keeps its line ending; blank
 * lines pass uncounted. Holds one chunk and at most one line.
 */
export class LineRedaction {
  readonly counts = { kept: 0, redacted: 0, failed: 0, blank: 0, bytes: 0 };

  readonly #redactor: RecordRedactor;
  readonly #at: string;
  readonly #events: LineEvents;
  /** The beginning of a line whose end has not come. */
  #begun: Uint8Array[] = [];
  #begunBytes = 0;
  /** In a line that is too long; its bytes are no longer kept. */
  #skipping = false;
  #line = 0;

  /** @param at The time of redaction, ISO 8601 in UTC. */
  constructor(redactor: RecordRedactor, at: string, events: LineEvents) {
    this.#redactor = redactor;
    this.#at = at;
    this.#events = events;
  }

  /** Answers what may be written on. */
  take(chunk: Uint8Array): Uint8Array {
    this.counts.bytes += chunk.length;
    const out = new Output(chunk);
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      if (this.#skipping) this.#endSkipping(chunk.subarray(from, end + 1));
      else if (this.#begun.length === 0) this.#one(chunk, from, end + 1, out);
      else {
        this.#begun.push(chunk.subarray(from, end + 1));
        this.#joined(out);
      }
      from = end + 1;
    }
    if (from < chunk.length) this.#begin(chunk.subarray(from));
    return out.bytes();
  }

  /** The last line, if no newline ended it. */
  end(): Uint8Array {
    const out = new Output(new Uint8Array(0));
    if (this.#skipping) this.#endSkipping(new Uint8Array(0));
    else if (this.#begun.length > 0) this.#joined(out);
    return out.bytes();
  }

  #begin(piece: Uint8Array): void {
    if (this.#skipping) {
      this.#events.verbatim(piece);
      return;
    }
    // The chunk's buffer may be used again by the stream.
    this.#begun.push(Buffer.from(piece));
    this.#begunBytes += piece.length;
    if (this.#begunBytes <= MOST_LINE_BYTES) return;
    this.#skipping = true;
    for (const each of this.#begun) this.#events.verbatim(each);
    this.#forget();
  }

  #endSkipping(rest: Uint8Array): void {
    this.#skipping = false;
    this.#events.verbatim(rest);
    this.counts.failed++;
    this.#events.failed(++this.#line, 'too-long');
  }

  #joined(out: Output): void {
    const line = Buffer.concat(this.#begun);
    this.#forget();
    this.#one(line, 0, line.length, out);
  }

  #forget(): void {
    this.#begun = [];
    this.#begunBytes = 0;
  }

  /** One line with its ending, in `bytes[from, to)`. */
  #one(bytes: Uint8Array, from: number, to: number, out: Output): void {
    this.#line++;
    const end = contentEnd(bytes, from, to);
    if (isBlank(bytes, from, end)) {
      this.counts.blank++;
      out.copy(bytes, from, to);
      return;
    }
    const outcome =
      end - from > MOST_LINE_BYTES
        ? ({ kind: 'failed', reason: 'too-long' } as const)
        : this.#redactor.redact(bytes.subarray(from, end), this.#at);
    this.counts[outcome.kind]++;
    if (outcome.kind === 'kept') out.copy(bytes, from, to);
    else if (outcome.kind === 'redacted') {
      out.copy(outcome.bytes, 0, outcome.bytes.length - 1);
      out.copy(bytes, end, to);
    } else {
      this.#events.verbatim(bytes.subarray(from, to));
      this.#events.failed(this.#line, outcome.reason);
    }
  }
}

/** Where a line's ending begins: \n, \r\n, or its end. */
function contentEnd(bytes: Uint8Array, from: number, to: number): number {
  if (to === from || bytes[to - 1] !== NEWLINE) return to;
  return to - 1 > from && bytes[to - 2] === RETURN ? to - 2 : to - 1;
}

function isBlank(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    const byte = bytes[at]!;
    if (byte !== 0x20 && byte !== 0x09 && byte !== RETURN) return false;
  }
  return true;
}

/** Gathers what leaves, joining neighbours of one source so that kept stretches are copied once. */
class Output {
  readonly #chunk: Uint8Array;
  readonly #pieces: Uint8Array[] = [];
  #from = 0;
  #to = 0;

  constructor(chunk: Uint8Array) {
    this.#chunk = chunk;
  }

  copy(bytes: Uint8Array, from: number, to: number): void {
    if (from === to) return;
    if (bytes === this.#chunk && from === this.#to) {
      this.#to = to;
      return;
    }
    this.#flush();
    if (bytes === this.#chunk) {
      this.#from = from;
      this.#to = to;
    } else this.#pieces.push(bytes.subarray(from, to));
  }

  bytes(): Uint8Array {
    this.#flush();
    return this.#pieces.length === 1 ? this.#pieces[0]! : Buffer.concat(this.#pieces);
  }

  #flush(): void {
    if (this.#to > this.#from) this.#pieces.push(this.#chunk.subarray(this.#from, this.#to));
    this.#from = this.#to;
  }
}
