import { compareValues, numberAt, viewOf, type Order } from '../schema/order.ts';
import { bytesAt, type Dictionary, type Ranges, type Values } from '../values/values.ts';

/** The least and the greatest of the values that it is shown, by the column's order. */
export class Extremes {
  readonly #order: Order;
  #min: Uint8Array | undefined;
  #max: Uint8Array | undefined;

  constructor(order: Order) {
    this.#order = order;
  }

  observe(values: Exclude<Values, { kind: 'indexes' }>, ranges: Ranges): void {
    if (values.kind === 'bits') {
      this.#observeNumbers(values.bits, 1, ranges);
    } else if (values.kind === 'bytes' || this.#order === 'bytes' || this.#order === 'decimal') {
      this.#observeBytes(values, ranges);
    } else {
      this.#observeNumbers(values.bytes, values.width, ranges);
    }
  }

  merge(other: Extremes): void {
    if (other.#min === undefined || other.#max === undefined) return;
    if (this.#min === undefined || compareValues(this.#order, other.#min, this.#min) < 0) {
      this.#min = other.#min;
    }
    if (this.#max === undefined || compareValues(this.#order, other.#max, this.#max) > 0) {
      this.#max = other.#max;
    }
  }

  /** Undefined when no value has an order, such as NaN. Zero is least as -0 and greatest as +0. */
  bounds(): { min: Uint8Array; max: Uint8Array } | undefined {
    if (this.#min === undefined || this.#max === undefined) return undefined;
    return { min: this.#signed(this.#min, 128), max: this.#signed(this.#max, 0) };
  }

  /** Readers that tell -0 from +0 must find both within the bounds (parquet.thrift, ColumnOrder). */
  #signed(bytes: Uint8Array, sign: number): Uint8Array {
    const copy = Uint8Array.from(bytes);
    const floating = this.#order === 'float' || this.#order === 'double' || this.#order === 'half';
    if (floating && numberAt(this.#order, viewOf(copy), 0) === 0) copy[copy.length - 1] = sign;
    return copy;
  }

  #observeNumbers(bytes: Uint8Array, width: number, ranges: Ranges): void {
    if (ranges.length === 0) return;
    const order = this.#order;
    const view = viewOf(bytes);
    let least: number | bigint | undefined = this.#min && numberAt(order, viewOf(this.#min), 0);
    let greatest: number | bigint | undefined = this.#max && numberAt(order, viewOf(this.#max), 0);
    for (let i = 0; i < ranges.length; i += 2) {
      for (let at = ranges[i]!; at < ranges[i + 1]!; at++) {
        const value = numberAt(order, view, at * width);
        if (typeof value === 'number' && Number.isNaN(value)) continue;
        if (least === undefined || value < least) {
          least = value;
          this.#min = bytes.subarray(at * width, (at + 1) * width);
        }
        if (greatest === undefined || value > greatest) {
          greatest = value;
          this.#max = bytes.subarray(at * width, (at + 1) * width);
        }
      }
    }
    this.#settle();
  }

  #observeBytes(values: Dictionary, ranges: Ranges): void {
    for (let i = 0; i < ranges.length; i += 2) {
      for (let at = ranges[i]!; at < ranges[i + 1]!; at++) {
        if (this.#order === 'bytes' && this.#isBetween(values, at)) continue;
        const value = bytesAt(values, at);
        if (this.#min === undefined || compareValues(this.#order, value, this.#min) < 0) {
          this.#min = value;
        }
        if (this.#max === undefined || compareValues(this.#order, value, this.#max) > 0) {
          this.#max = value;
        }
      }
    }
    this.#settle();
  }

  /** Most values lie between; telling so by their first bytes spares a view of each. */
  #isBetween(values: Dictionary, at: number): boolean {
    if (this.#min === undefined || this.#max === undefined) return false;
    const data = values.kind === 'bytes' ? values.data : values.bytes;
    const from = values.kind === 'bytes' ? values.starts[at]! : at * values.width;
    const to = values.kind === 'bytes' ? values.ends[at]! : from + values.width;
    return (
      isLess(this.#min, 0, this.#min.length, data, from, to) &&
      isLess(data, from, to, this.#max, 0, this.#max.length)
    );
  }

  /** Lets go of the page that the extremes lie in. */
  #settle(): void {
    this.#min = this.#min && Uint8Array.from(this.#min);
    this.#max = this.#max && Uint8Array.from(this.#max);
  }
}

/** Whether the first stretch is less than the second, and differs before either ends. */
function isLess(
  a: Uint8Array,
  aFrom: number,
  aTo: number,
  b: Uint8Array,
  bFrom: number,
  bTo: number,
): boolean {
  const length = Math.min(aTo - aFrom, bTo - bFrom);
  for (let i = 0; i < length; i++) {
    const difference = a[aFrom + i]! - b[bFrom + i]!;
    if (difference !== 0) return difference < 0;
  }
  return false;
}
