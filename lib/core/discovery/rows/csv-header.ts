import type { Buffer } from 'node:buffer';

import { readCsvHeader, type CsvHeader } from '../../erasure/text/csv.ts';
import { readCsvRecord } from '../../erasure/text/csv-record.ts';
import { exactText } from '../../erasure/text/exact-text.ts';
import { isKnownKey } from '../keys/known-words.ts';
import { looksLikeData } from '../values/detectors.ts';
import type { TextWindow } from './text-window.ts';

/** A column's name, as programs write them. */
const NAME = /^[\p{L}_#][\p{L}\p{M}\p{N}_ .:()#/-]{0,63}$/u;
/** Stand for a value that is missing, in a first row of data as well. */
const MISSING = /^(n\/?a|nan|none|null|nil|nul|unknown|unbekannt|missing|tbd|-+|\?+)$/i;
/** So many records below the first line are looked at, and so many values make a type. */
const LOOKED_AT = 50;
const TYPED = 3;
/** What no column is called: numbers, dates, words of logic. */
const VALUE = /^[-+$€£]?\d|^(true|false|yes|no)$/i;

export interface CsvColumns {
  delimiter: number;
  /** What each column is called; undefined where the first line does not surely say so. */
  names: readonly (string | undefined)[];
  /** Where the first row begins. */
  begin: number;
}

/**
 * Tells by evidence whether the first line names the columns. A name is believed when its words are
 * those of field names, or when all values below are of a type that the name is not; the line is a
 * header when most of its cells are. Else it is a row, and columns go by their numbers: the first
 * row of a file without a header holds a person's name as soon as anything.
 * Undefined when the content is no CSV that we know.
 */
export async function openCsv(window: TextWindow): Promise<CsvColumns | undefined> {
  let header = readCsvHeader(window.held, window.last);
  while (header === 'more' && (await window.grow())) {
    header = readCsvHeader(window.held, window.last);
  }
  if (header === 'more') header = readCsvHeader(window.held, true);
  if (header === 'more' || 'fault' in header) return undefined;
  const { columns: below, isRagged } = recordsBelow(window.held, header, window.last);
  const names = header.names.map((name) => name.trim());
  const { delimiter } = header;
  if (isHeader(names, below)) {
    return {
      delimiter,
      names: names.map((name, at) => (isSure(name, below[at]!) ? name : undefined)),
      begin: header.end,
    };
  }
  // One column without a header is any text, and so are lines with a comma here and there.
  if (names.length < 2 || isRagged) return undefined;
  return { delimiter, names: names.map(() => undefined), begin: 0 };
}

function isHeader(names: readonly string[], below: readonly string[][]): boolean {
  if (new Set(names).size < names.length) return false;
  // Data in the first line would come out as names of fields.
  if (!names.every((name) => NAME.test(name) && !looksLikeData(name))) return false;
  if (names.some((name, at) => MISSING.test(name) || below[at]!.includes(name))) return false;
  const sure = names.filter((name, at) => isSure(name, below[at]!)).length;
  return names.length === 1 ? isKnownKey(names[0]!) : sure * 2 > names.length;
}

function isSure(name: string, below: readonly string[]): boolean {
  if (isKnownKey(name)) return true;
  return below.length >= TYPED && !VALUE.test(name) && below.every((value) => VALUE.test(value));
}

interface Below {
  /** The values of each column in the first records, empty ones left out. */
  columns: string[][];
  /** Most records have another number of fields than the first line. */
  isRagged: boolean;
}

function recordsBelow(bytes: Buffer, header: CsvHeader, last: boolean): Below {
  let fitting = 0;
  let others = 0;
  const columns = header.names.map((): string[] => []);
  for (let at = header.end, row = 0; at < bytes.length && row < LOOKED_AT; row++) {
    const record = readCsvRecord(bytes, at, bytes.length, header.delimiter, last);
    if (record.kind !== 'record') break;
    if (record.fields.length === columns.length) fitting++;
    else others++;
    for (const [index, { start, end }] of record.fields.entries()) {
      const value = exactText(bytes, start, end)?.trim() ?? '';
      if (value !== '') columns[index]?.push(value);
    }
    at = record.end;
  }
  return { columns, isRagged: others > fitting };
}
