import type { Ranges } from '../values/values.ts';

/** Which rows of one row group stay. Rows count from 0. */
export class RowSelection {
  /** Ascending, each once. */
  readonly #named: Int32Array;
  readonly #keepsNamed: boolean;

  private constructor(named: Int32Array, keepsNamed: boolean) {
    this.#named = named;
    this.#keepsNamed = keepsNamed;
  }

  static without(rows: Int32Array): RowSelection {
    return new RowSelection(rows, false);
  }

  static only(rows: Int32Array): RowSelection {
    return new RowSelection(rows, true);
  }

  /** How many of `rows` rows stay. */
  countOf(rows: number): number {
    return this.#keepsNamed ? this.#named.length : rows - this.#named.length;
  }

  /** The rows of [from, to) that stay, as stretches. */
  kept(from: number, to: number): Ranges {
    const ranges: number[] = [];
    let at = from;
    for (let i = this.#firstFrom(from); i < this.#named.length && this.#named[i]! < to; i++) {
      const row = this.#named[i]!;
      if (this.#keepsNamed) {
        if (ranges.at(-1) === row) ranges[ranges.length - 1] = row + 1;
        else ranges.push(row, row + 1);
      } else {
        if (row > at) ranges.push(at, row);
        at = row + 1;
      }
    }
    if (!this.#keepsNamed && at < to) ranges.push(at, to);
    return ranges;
  }

  /** Where in the list the first row at or after `from` stands. */
  #firstFrom(from: number): number {
    let low = 0;
    let high = this.#named.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#named[middle]! < from) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
