import type { DataPage } from './data-page.ts';
import type { RowSelection } from '../rewrite/selection.ts';
import { lengthOf, type Ranges } from '../values/values.ts';

/** What of a page stays. */
export interface PageCut {
  /** Entries: values and nulls. */
  readonly entries: Ranges;
  /** Values alone. */
  readonly values: Ranges;
  readonly whole: boolean;
}

/** Which entries and values of a page stay, when of its rows [from, to) only some do. */
export function cutPage(
  data: DataPage,
  rows: { from: number; to: number },
  selection: RowSelection,
  maxDefinition: number,
): PageCut {
  const kept = selection.kept(rows.from, rows.to);
  const whole = lengthOf(kept) === rows.to - rows.from;
  const entries = whole ? wholeOf(data.entries) : entriesOf(data, rows.from, kept);
  return { entries, values: valuesOf(data, entries, maxDefinition), whole };
}

function wholeOf(count: number): Ranges {
  return count === 0 ? [] : [0, count];
}

/** From stretches of rows to stretches of entries. */
function entriesOf(data: DataPage, firstRow: number, rows: Ranges): Ranges {
  const levels = data.repetition;
  if (levels === undefined) return rows.map((row) => row - firstRow);
  const entries: number[] = [];
  // A page may begin within its first row, which then has no entry of level 0 here.
  let row = levels[0] === 0 ? firstRow - 1 : firstRow;
  let next = 0;
  for (let at = 0; at < levels.length; at++) {
    if (levels[at] === 0) row++;
    const isStart = at === 0 || levels[at] === 0;
    while (isStart && rows[next] === row) {
      entries.push(at);
      next++;
    }
  }
  if (next < rows.length) entries.push(levels.length);
  return entries;
}

/** From stretches of entries to stretches of values. */
function valuesOf(data: DataPage, entries: Ranges, maxDefinition: number): Ranges {
  const levels = data.definition;
  if (levels === undefined || data.values.count === data.entries) return entries;
  const values: number[] = [];
  let value = 0;
  let at = 0;
  for (const bound of entries) {
    for (; at < bound; at++) if (levels[at] === maxDefinition) value++;
    values.push(value);
  }
  return withoutEmpty(values);
}

function withoutEmpty(ranges: readonly number[]): Ranges {
  const full: number[] = [];
  for (let i = 0; i < ranges.length; i += 2) {
    if (ranges[i]! < ranges[i + 1]!) full.push(ranges[i]!, ranges[i + 1]!);
  }
  return full;
}
