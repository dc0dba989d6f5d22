import type { Buffer } from 'node:buffer';

const QUOTE = 0x22;
const NEWLINE = 0x0a;

/** One field as it lies in memory. */
export interface CsvField {
  /** Between the quotes, when quoted. */
  start: number;
  end: number;
  quoted: boolean;
  /** Holds doubled quotes. */
  doubled: boolean;
}

export type CsvRecord =
  | { kind: 'record'; fields: CsvField[]; end: number }
  /** It goes on beyond the bytes given. */
  | { kind: 'cut-short' }
  | { kind: 'fault'; reason: string };

/**
 * Reads the record at `from` (RFC 4180; LF and CRLF end it). Bytes up to `to` are read; when they are
 * all there is, their end ends a record too.
 */
export function readCsvRecord(
  bytes: Buffer,
  from: number,
  to: number,
  delimiter: number,
  last: boolean,
): CsvRecord {
  const fields: CsvField[] = [];
  let at = from;
  while (true) {
    const field = { start: at, end: at, quoted: bytes[at] === QUOTE && at < to, doubled: false };
    if (field.quoted) {
      field.start = ++at;
      while (at < to && (bytes[at] !== QUOTE || (at + 1 < to && bytes[at + 1] === QUOTE))) {
        if (bytes[at] === QUOTE) {
          field.doubled = true;
          at++;
        }
        at++;
      }
      if (at >= to) return last ? fault('a quote is not closed') : { kind: 'cut-short' };
      field.end = at++;
    }
    const rest = at;
    while (at < to && bytes[at] !== delimiter && bytes[at] !== NEWLINE) {
      if (bytes[at] === QUOTE) return fault('a quote stands within a field that is not quoted');
      at++;
    }
    if (at >= to && !last) return { kind: 'cut-short' };
    const ends = at >= to || bytes[at] === NEWLINE;
    const until = ends && at > rest && bytes[at - 1] === 0x0d ? at - 1 : at;
    if (!field.quoted) field.end = until;
    else if (until !== rest) return fault('text follows a closing quote');
    fields.push(field);
    if (ends) return { kind: 'record', fields, end: Math.min(at + 1, to) };
    at++;
  }
}

function fault(reason: string): CsvRecord {
  return { kind: 'fault', reason };
}
