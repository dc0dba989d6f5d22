import { CorruptObject } from '../../erasure/format.ts';
import { readCsvRecord } from '../../erasure/text/csv-record.ts';
import { exactText } from '../../erasure/text/exact-text.ts';
import { skipMark } from '../../erasure/text/json-lines.ts';
import { fieldPathFault } from '../../data-map/field-path.ts';
import type { CsvColumns } from './csv-header.ts';
import type { TextWindow } from './text-window.ts';
import type { Thinning } from './thinning.ts';
import { takeText, type Place, type ValueTaker } from './row-values.ts';

/** Hands on the values of the rows that `thinning` takes; answers the faults of the rest. */
export async function readCsvRows(
  window: TextWindow,
  columns: CsvColumns,
  thinning: Thinning,
  taker: ValueTaker,
  tell: (fault: string | undefined) => void,
): Promise<void> {
  window.drop(columns.begin || skipMark(window.held).skip);
  const places = columns.names.map(placeOf);
  while (!thinning.isFull) {
    const { held, last } = window;
    if (held.length === 0) {
      if (!(await window.grow())) return;
      continue;
    }
    const record = readCsvRecord(held, 0, held.length, columns.delimiter, last);
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
        fields.length === places.length
          ? undefined
          : `it has ${fields.length} fields, its first line ${places.length}`,
      );
      for (const [at, place] of places.entries()) {
        const field = fields[at];
        if (field === undefined || fields.length !== places.length) continue;
        const text = exactText(held, field.start, field.end) ?? '';
        const value = field.doubled ? text.replaceAll('""', '"') : text;
        takeText(place, value, taker);
      }
    }
    window.drop(record.end);
  }
}

/** The column `user.name` is the path with a dot, as erasure reads it; one without a name has none. */
function placeOf(name: string | undefined, at: number): Place {
  if (name === undefined) return { segments: [`column ${at + 1}`], reach: 0 };
  const segments = fieldPathFault(name) === undefined ? name.split('.') : [name];
  return { segments, reach: Infinity };
}
