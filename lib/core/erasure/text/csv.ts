import type { Buffer } from 'node:buffer';

import type { CompiledMatcher } from '../compiled-matcher.ts';
import type { CriterionPath, Hit } from '../matcher.ts';
import { readCsvRecord, type CsvField } from './csv-record.ts';
import { exactText } from './exact-text.ts';
import { skipMark } from './json-lines.ts';
import type { RowScanner, Scanned, Verdict } from './row-scanner.ts';
import { MAX_COLUMNS, type ScanRoom, type WantedColumn } from './scan-room.ts';

/** Comma, semicolon, tab, bar. */
const DELIMITERS = [0x2c, 0x3b, 0x09, 0x7c];

export interface CsvHeader {
  delimiter: number;
  names: readonly string[];
  /** Past its line ending. */
  end: number;
}

/** Reads the header, with the delimiter that gives it most columns. */
export function readCsvHeader(
  bytes: Buffer,
  last: boolean,
): CsvHeader | 'more' | { fault: string } {
  const from = skipMark(bytes).skip;
  let best: CsvHeader | undefined;
  let reason = 'it is empty';
  for (const delimiter of DELIMITERS) {
    const record = readCsvRecord(bytes, from, bytes.length, delimiter, last);
    if (record.kind === 'cut-short') return 'more';
    if (record.kind === 'fault') reason = record.reason;
    else if (!best || record.fields.length > best.names.length) {
      const names = record.fields.map((field) => fieldText(bytes, field) ?? '');
      best = { delimiter, names, end: record.end };
    }
  }
  return best ?? { fault: `its header: ${reason}` };
}

/** The path id of a column: `user.name` is the column of that name, or the path with a dot. */
export function columnPath(
  paths: readonly CriterionPath[],
  name: string,
  ignoreCase: boolean,
): number {
  const sought = ignoreCase ? name.toLowerCase() : name;
  return paths.findIndex((path) => path.kind === 'field' && path.segments.join('.') === sought);
}

/** CSV by RFC 4180 with a header. An empty field without quotes is null; with quotes it is "". */
export class CsvScanner implements RowScanner {
  readonly events: Uint32Array;
  readonly endsAtNewline = false;
  readonly #room: ScanRoom;
  readonly #matcher: CompiledMatcher;
  #wanted: readonly WantedColumn[] = [];
  #header: CsvHeader = { delimiter: 0x2c, names: [], end: 0 };

  constructor(matcher: CompiledMatcher, room: ScanRoom) {
    this.#matcher = matcher;
    this.#room = room;
    this.events = room.events;
    room.beginObject();
  }

  begin(head: Buffer, last: boolean): { skip: number } | 'more' | { fault: string } {
    if (last && head.length === skipMark(head).skip) return { skip: head.length };
    const header = readCsvHeader(head, last);
    if (header === 'more' || 'fault' in header) return header;
    this.#header = header;
    const wanted: WantedColumn[] = [];
    for (const [column, name] of header.names.entries()) {
      const path = columnPath(this.#matcher.paths, name, this.#matcher.ignoreCase);
      if (path < 0 || wanted.length === MAX_COLUMNS) continue;
      this.#room.seen[path] = 1;
      wanted.push({ column, path, deep: [] });
    }
    this.#wanted = wanted;
    this.#room.useColumns(wanted, header.names.length);
    this.#room.engine.useDelimiter(header.delimiter);
    return { skip: header.end };
  }

  scan(at: number, end: number, last: boolean): Scanned {
    return this.#room.scanLines('scanCsvRows', at, end, last);
  }

  judge(bytes: Buffer, from: number, to: number): Verdict {
    const record = readCsvRecord(bytes, from, to, this.#header.delimiter, true);
    if (record.kind !== 'record') {
      return { fault: record.kind === 'fault' ? record.reason : 'it is cut short' };
    }
    const width = this.#header.names.length;
    if (record.fields.length !== width) {
      return { fault: `it has ${record.fields.length} fields, its header ${width}` };
    }
    const hits: Hit[] = [];
    for (const { column, path } of this.#wanted) {
      const field = record.fields[column]!;
      if (!field.quoted && field.start === field.end) continue;
      const text = fieldText(bytes, field);
      const hit = text === undefined ? text : this.#matcher.probe(path, { kind: 'string', text });
      if (hit) hits.push(hit);
    }
    return this.#matcher.matches(hits) ? 'matches' : 'kept';
  }
}

function fieldText(bytes: Buffer, field: CsvField): string | undefined {
  const text = exactText(bytes, field.start, field.end);
  return field.doubled ? text?.replaceAll('""', '"') : text;
}
