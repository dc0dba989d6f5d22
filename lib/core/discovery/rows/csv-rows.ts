import { CorruptObject } from '../../erasure/format.ts';
import { readCsvHeader, type CsvHeader } from '../../erasure/text/csv.ts';
import { readCsvRecord } from '../../erasure/text/csv-record.ts';
import { exactText } from '../../erasure/text/exact-text.ts';
import { fieldPathFault } from '../../data-map/field-path.ts';
import { readKey } from '../keys/read-key.ts';
import { looksLikeData } from '../values/detectors.ts';
import type { TextWindow } from './text-window.ts';
import type { Thinning } from './thinning.ts';
import { takeText, type ValueTaker } from './row-values.ts';

/** A column's name, as programs write them. */
const NAME = /^[\p{L}_#][\p{L}\p{M}\p{N}_ .:()#/-]{0,63}$/u;

/** Reads the header; undefined when the first line is none: then it is no CSV that we know. */
export async function openCsv(window: TextWindow): Promise<CsvHeader | undefined> {
  let header = readCsvHeader(window.held, window.last);
  while (header === 'more' && (await window.grow())) {
    header = readCsvHeader(window.held, window.last);
  }
  if (header === 'more') header = readCsvHeader(window.held, true);
  if (header === 'more' || 'fault' in header) return undefined;
  const { names } = header;
  // Data in the first line would come out as names of fields.
  const named = names.every((name) => NAME.test(name.trim()) && !looksLikeData(name.trim()));
  if (!named || new Set(names).size < names.length) return undefined;
  return names.some((name) => names.length > 1 || readKey([name]).kind !== undefined)
    ? header
    : undefined;
}

/** Hands on the values of the rows that `thinning` takes; answers the faults of the rest. */
export async function readCsvRows(
  window: TextWindow,
  header: CsvHeader,
  thinning: Thinning,
  taker: ValueTaker,
  tell: (fault: string | undefined) => void,
): Promise<void> {
  window.drop(header.end);
  const paths = header.names.map(columnSegments);
  while (!thinning.isFull) {
    const { held, last } = window;
    if (held.length === 0) {
      if (!(await window.grow())) return;
      continue;
    }
    const record = readCsvRecord(held, 0, held.length, header.delimiter, last);
    if (record.kind === 'cut-short') {
      if (!(await window.grow()) && !window.last) return;
      continue;
    }
    if (record.kind === 'fault') {
      // Where the next record begins can't be told any more.
      throw new CorruptObject(`a row: ${record.reason}`);
    }
    const { fields } = record;
    const isBlankLine = fields.length === 1 && fields[0]!.end === fields[0]!.start;
    if (!isBlankLine && thinning.takes()) {
      tell(
        fields.length === paths.length
          ? undefined
          : `it has ${fields.length} fields, its header ${paths.length}`,
      );
      for (const [at, segments] of paths.entries()) {
        const field = fields[at];
        if (field === undefined || fields.length !== paths.length) continue;
        const text = exactText(held, field.start, field.end) ?? '';
        const value = field.doubled ? text.replaceAll('""', '"') : text;
        takeText({ segments, reach: Infinity }, value, taker);
      }
    }
    window.drop(record.end);
  }
}

/** The column `user.name` is the path with a dot, as erasure reads it. */
function columnSegments(name: string): readonly string[] {
  return fieldPathFault(name) === undefined ? name.split('.') : [name];
}
