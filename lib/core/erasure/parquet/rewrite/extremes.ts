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
    } else if (this.#order === 'bytes') {
      this.#observeBytes(values, ranges);
    } else if (values.kind === 'bytes' || this.#order === 'decimal') {
      this.#observeDecimals(values, ranges);
    } else if (this.#order === 'int64' || this.#order === 'uint64') {
      this.#observeLongs(values.bytes, ranges);
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

  /** As {@link #observeNumbers}, by halves: a bigint a value takes several times as long. */
  #observeLongs(bytes: Uint8Array, ranges: Ranges): void {
    if (ranges.length === 0) return;
    const view = viewOf(bytes);
    const highAt = (from: DataView, at: number): number =>
      this.#order === 'int64' ? from.getInt32(at + 4, true) : from.getUint32(at + 4, true);
    const first = ranges[0]! * 8;
    const min = this.#min ?? bytes.subarray(first, first + 8);
    const max = this.#max ?? min;
    let [leastHigh, leastLow] = [highAt(viewOf(min), 0), viewOf(min).getUint32(0, true)];
    let [mostHigh, mostLow] = [highAt(viewOf(max), 0), viewOf(max).getUint32(0, true)];
    let [leastAt, mostAt] = [-1, -1];
    for (let i = 0; i < ranges.length; i += 2) {
      for (let at = ranges[i]! * 8; at < ranges[i + 1]! * 8; at += 8) {
        const high = highAt(view, at);
        const low = view.getUint32(at, true);
        if (high < leastHigh || (high === leastHigh && low < leastLow)) {
          [leastHigh, leastLow, leastAt] = [high, low, at];
        } else if (high > mostHigh || (high === mostHigh && low > mostLow)) {
          [mostHigh, mostLow, mostAt] = [high, low, at];
        }
      }
    }
    this.#min = leastAt < 0 ? min : bytes.subarray(leastAt, leastAt + 8);
    this.#max = mostAt < 0 ? max : bytes.subarray(mostAt, mostAt + 8);
    this.#settle();
  }

  /** Bytes without sign, without a view of each value. */
  #observeBytes(values: Dictionary, ranges: Ranges): void {
    if (ranges.length === 0) return;
    const data = values.kind === 'bytes' ? values.data : values.bytes;
    const fromOf = (at: number): number =>
      values.kind === 'bytes' ? values.starts[at]! : at * values.width;
    const toOf = (at: number): number =>
      values.kind === 'bytes' ? values.ends[at]! : (at + 1) * values.width;
    const first = bytesAt(values, ranges[0]!);
    // As stretches: where values ascend, each would need a view as the greatest so far.
    const min = new Stretch(this.#min ?? first);
    const max = new Stretch(this.#max ?? first);
    for (let i = 0; i < ranges.length; i += 2) {
      for (let at = ranges[i]!; at < ranges[i + 1]!; at++) {
        const from = fromOf(at);
        const to = toOf(at);
        if (max.compare(data, from, to) > 0) max.set(data, from, to);
        else if (min.compare(data, from, to) < 0) min.set(data, from, to);
      }
    }
    this.#min = min.bytes();
    this.#max = max.bytes();
    this.#settle();
  }

  #observeDecimals(values: Dictionary, ranges: Ranges): void {
    for (let i = 0; i < ranges.length; i += 2) {
      for (let at = ranges[i]!; at < ranges[i + 1]!; at++) {
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

  /** Lets go of the page that the extremes lie in. */
  #settle(): void {
    this.#min = this.#min && Uint8Array.from(this.#min);
    this.#max = this.#max && Uint8Array.from(this.#max);
  }
}

/** A value as a stretch of bytes. */
class Stretch {
  #data: Uint8Array;
  #from = 0;
  #to: number;

  constructor(value: Uint8Array) {
    this.#data = value;
    this.#to = value.length;
  }

  set(data: Uint8Array, from: number, to: number): void {
    this.#data = data;
    this.#from = from;
    this.#to = to;
  }

  bytes(): Uint8Array {
    return this.#data.subarray(this.#from, this.#to);
  }

  /** Compares another with this one, as bytes without sign; the shorter is less. */
  compare(data: Uint8Array, from: number, to: number): number {
    const own = this.#data;
    const ownFrom = this.#from;
    const ownLength = this.#to - ownFrom;
    const length = Math.min(to - from, ownLength);
    for (let i = 0; i < length; i++) {
      const difference = data[from + i]! - own[ownFrom + i]!;
      if (difference !== 0) return difference;
    }
    return to - from - ownLength;
  }
}
