import type { DataPage } from '../pages/data-page.ts';
import { Extremes } from './extremes.ts';
import { orderOf } from '../schema/order.ts';
import type { PageCut } from '../pages/page-cut.ts';
import type { Leaf } from '../schema/schema.ts';
import { lengthOf, type Dictionary, type Ranges, type Values } from '../values/values.ts';

/** Longer bounds are left out, as other writers do. */
const LONGEST_BOUND = 4096;
/** What is counted of the entries that stay: of a page, or of a chunk. */
export class Tally {
  entries = 0;
  values = 0;
  /** Of byte arrays, as if no dictionary and no lengths were stored. */
  unencodedBytes = 0;
  readonly repetitions: number[];
  readonly definitions: number[];
  readonly #extremes: Extremes | undefined;

  constructor(leaf: Leaf) {
    const order = orderOf(leaf);
    this.#extremes = order && new Extremes(order);
    this.repetitions = new Array<number>(leaf.maxRepetition + 1).fill(0);
    this.definitions = new Array<number>(leaf.maxDefinition + 1).fill(0);
  }

  get nulls(): number {
    return this.entries - this.values;
  }

  /** Adds what stays of a page. Indexes count as the dictionary entries that they stand for. */
  add(data: DataPage, cut: PageCut, dictionary: Dictionary | undefined): void {
    this.entries += lengthOf(cut.entries);
    countLevels(data.repetition, 0, cut.entries, this.repetitions);
    countLevels(data.definition, this.definitions.length - 1, cut.entries, this.definitions);
    this.#addValues(data.values, cut.values, dictionary);
  }

  merge(other: Tally): void {
    this.entries += other.entries;
    this.values += other.values;
    this.unencodedBytes += other.unencodedBytes;
    other.repetitions.forEach((count, level) => (this.repetitions[level]! += count));
    other.definitions.forEach((count, level) => (this.definitions[level]! += count));
    if (other.#extremes !== undefined) this.#extremes?.merge(other.#extremes);
  }

  #addValues(values: Values, ranges: Ranges, dictionary: Dictionary | undefined): void {
    this.values += lengthOf(ranges);
    if (values.kind === 'indexes') {
      if (dictionary === undefined) return;
      const used = new Uint8Array(dictionary.count);
      markUsed(values.indexes, ranges, used);
      this.#extremes?.observe(dictionary, rangesOf(used));
      if (dictionary.kind === 'bytes') this.#addLengths(dictionary, values.indexes, ranges);
    } else {
      this.#extremes?.observe(values, ranges);
      if (values.kind === 'bytes') this.#addLengths(values, undefined, ranges);
    }
  }

  #addLengths(
    values: Extract<Values, { kind: 'bytes' }>,
    indexes: Int32Array | undefined,
    ranges: Ranges,
  ): void {
    for (let i = 0; i < ranges.length; i += 2) {
      for (let at = ranges[i]!; at < ranges[i + 1]!; at++) {
        const place = indexes === undefined ? at : indexes[at]!;
        this.unencodedBytes += values.ends[place]! - values.starts[place]!;
      }
    }
  }

  bounds(): { min: Uint8Array; max: Uint8Array } | undefined {
    const bounds = this.#extremes?.bounds();
    if (bounds === undefined) return undefined;
    return Math.max(bounds.min.length, bounds.max.length) > LONGEST_BOUND ? undefined : bounds;
  }
}

/** Levels that are absent are all the same. */
function countLevels(
  levels: Uint8Array | undefined,
  absent: number,
  ranges: Ranges,
  counts: number[],
): void {
  if (levels === undefined) {
    counts[absent]! += lengthOf(ranges);
    return;
  }
  for (let i = 0; i < ranges.length; i += 2) {
    for (let at = ranges[i]!; at < ranges[i + 1]!; at++) counts[levels[at]!]!++;
  }
}

/** Sets a 1 for each dictionary entry that values of the stretches stand for. */
export function markUsed(indexes: Int32Array, ranges: Ranges, used: Uint8Array): void {
  for (let i = 0; i < ranges.length; i += 2) {
    for (let at = ranges[i]!; at < ranges[i + 1]!; at++) used[indexes[at]!] = 1;
  }
}

/** The stretches of ones. */
export function rangesOf(used: Uint8Array): Ranges {
  const ranges: number[] = [];
  for (let at = used.indexOf(1); at >= 0; at = used.indexOf(1, at)) {
    const end = used.indexOf(0, at);
    ranges.push(at, end < 0 ? used.length : end);
    at = end < 0 ? used.length : end;
  }
  return ranges;
}
