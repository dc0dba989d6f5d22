import { PHYSICAL, type Leaf } from './schema.ts';

/**
 * How a column's values are ordered for its statistics; undefined where the format defines no order
 * (INT96, intervals, geometry) and statistics mean nothing.
 * Source: parquet.thrift, union ColumnOrder.
 */
export type Order =
  | 'boolean'
  | 'int32'
  | 'uint32'
  | 'int64'
  | 'uint64'
  | 'float'
  | 'double'
  | 'half'
  /** Big-endian two's complement of any length. */
  | 'decimal'
  /** Bytes without sign, the shorter first. */
  | 'bytes';

export function orderOf(leaf: Leaf): Order | undefined {
  const { physical, logical } = leaf;
  if (logical.kind === 'opaque' || logical.kind === 'interval') return undefined;
  const unsigned = logical.kind === 'integer' && !logical.signed;
  switch (physical) {
    case PHYSICAL.boolean:
      return 'boolean';
    case PHYSICAL.int32:
      return unsigned ? 'uint32' : 'int32';
    case PHYSICAL.int64:
      return unsigned ? 'uint64' : 'int64';
    case PHYSICAL.float:
      return 'float';
    case PHYSICAL.double:
      return 'double';
    case PHYSICAL.byteArray:
    case PHYSICAL.fixed:
      if (logical.kind === 'decimal') return 'decimal';
      return logical.kind === 'float16' ? 'half' : 'bytes';
    default:
      return undefined;
  }
}

/** A number that orders as the value at `at` does. NaN where the value is one. */
export function numberAt(order: Order, view: DataView, at: number): number | bigint {
  switch (order) {
    case 'int32':
      return view.getInt32(at, true);
    case 'uint32':
      return view.getUint32(at, true);
    case 'int64':
      return view.getBigInt64(at, true);
    case 'uint64':
      return view.getBigUint64(at, true);
    case 'float':
      return view.getFloat32(at, true);
    case 'double':
      return view.getFloat64(at, true);
    case 'half':
      return halfToNumber(view.getUint16(at, true));
    case 'boolean':
      return view.getUint8(at);
    case 'decimal':
    case 'bytes':
      throw new TypeError(`values in the order of ${order} are not numbers`);
  }
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** IEEE 754 binary16. */
export function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return exponent === 0
    ? sign * fraction * 2 ** -24
    : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** Compares two values as bytes. Widths of numbers are those of the order. */
export function compareValues(order: Order, a: Uint8Array, b: Uint8Array): number {
  if (order === 'bytes') return Buffer.compare(a, b);
  if (order === 'decimal') return compareDecimals(a, b);
  const left = numberAt(order, viewOf(a), 0);
  const right = numberAt(order, viewOf(b), 0);
  return left < right ? -1 : left > right ? 1 : 0;
}

function compareDecimals(a: Uint8Array, b: Uint8Array): number {
  const negative = (a[0] ?? 0) & 128;
  if (negative !== ((b[0] ?? 0) & 128)) return negative ? -1 : 1;
  const fill = negative ? 255 : 0;
  const length = Math.max(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const left = i < length - a.length ? fill : a[i - length + a.length]!;
    const right = i < length - b.length ? fill : b[i - length + b.length]!;
    if (left !== right) return left - right;
  }
  return 0;
}
