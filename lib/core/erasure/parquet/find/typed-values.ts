import { isUtf8 } from 'node:buffer';
import type { TypedValue } from '../../matcher.ts';
import { unsupported } from '../fault.ts';
import { halfToNumber, viewOf } from '../schema/order.ts';
import type { TimeUnit } from '../schema/logical-type.ts';
import { PHYSICAL, type Leaf } from '../schema/schema.ts';
import { bytesAt, type Values } from '../values/values.ts';

/** Values with bytes or bits of their own, not places in a dictionary. */
export type PlainValues = Exclude<Values, { kind: 'indexes' }>;

/**
 * The value at a place as criteria know it; more than one where a value has several usual writings,
 * none where it has no meaning (text that is no UTF-8).
 */
export type ValueReader = (values: PlainValues, at: number) => readonly TypedValue[];

const PER_UNIT: Record<TimeUnit, bigint> = { millis: 1_000_000n, micros: 1_000n, nanos: 1n };
const NANOSECONDS_A_DAY = 86_400_000_000_000n;
/** Julian day number of 1970-01-01. */
const EPOCH_DAY = 2_440_588;

/** How values of a column are read. Throws where they can't be compared with criteria. */
export function valueReader(leaf: Leaf): ValueReader {
  const { logical } = leaf;
  switch (logical.kind) {
    case 'uuid':
      return (values, at) => uuid(bytesOf(values, at));
    case 'decimal':
      return (values, at) => [number(`${integerAt(leaf, bytesOf(values, at))}e${-logical.scale}`)];
    case 'date':
      return (values, at) => [
        { kind: 'date', days: viewOf(bytesOf(values, at)).getInt32(0, true) },
      ];
    case 'timestamp':
      return (values, at) => [
        {
          kind: 'timestamp',
          nanoseconds: integerAt(leaf, bytesOf(values, at)) * PER_UNIT[logical.unit],
        },
      ];
    case 'time':
      return (values, at) =>
        timesOfDay(integerAt(leaf, bytesOf(values, at)) * PER_UNIT[logical.unit]);
    case 'float16':
      return (values, at) => [
        { kind: 'float32', value: halfToNumber(viewOf(bytesOf(values, at)).getUint16(0, true)) },
      ];
    case 'bson':
    case 'interval':
    case 'opaque':
      throw unsupported(`a criterion leads to "${leaf.name}", whose type has no comparable form`);
    case 'integer':
    case 'none':
    case 'text':
      return physicalReader(leaf);
  }
}

function physicalReader(leaf: Leaf): ValueReader {
  switch (leaf.physical) {
    case PHYSICAL.boolean:
      return (values, at) =>
        values.kind === 'bits' ? [{ kind: 'boolean', value: values.bits[at] === 1 }] : [];
    case PHYSICAL.int32:
    case PHYSICAL.int64:
      return (values, at) => [number(String(integerAt(leaf, bytesOf(values, at))))];
    case PHYSICAL.int96:
      return (values, at) => [int96(viewOf(bytesOf(values, at)))];
    case PHYSICAL.float:
      return (values, at) => [
        { kind: 'float32', value: viewOf(bytesOf(values, at)).getFloat32(0, true) },
      ];
    case PHYSICAL.double:
      return (values, at) => [
        { kind: 'float64', value: viewOf(bytesOf(values, at)).getFloat64(0, true) },
      ];
    default:
      return (values, at) => text(bytesOf(values, at));
  }
}

function bytesOf(values: PlainValues, at: number): Uint8Array {
  return values.kind === 'bits' ? values.bits.subarray(at, at + 1) : bytesAt(values, at);
}

function number(decimal: string): TypedValue {
  return { kind: 'number', decimal };
}

/** Little-endian where the type is a number, big-endian two's complement where it is bytes. */
function integerAt(leaf: Leaf, bytes: Uint8Array): bigint {
  const unsigned = leaf.logical.kind === 'integer' && !leaf.logical.signed;
  const view = viewOf(bytes);
  if (leaf.physical === PHYSICAL.int32) {
    return BigInt(unsigned ? view.getUint32(0, true) : view.getInt32(0, true));
  }
  if (leaf.physical === PHYSICAL.int64) {
    return unsigned ? view.getBigUint64(0, true) : view.getBigInt64(0, true);
  }
  if (bytes.length === 0) return 0n;
  const hex = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex');
  return BigInt.asIntN(bytes.length * 8, BigInt(`0x${hex}`));
}

function text(bytes: Uint8Array): readonly TypedValue[] {
  const read = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
  // What is no UTF-8 reads as U+FFFD, and must not be met by a criterion that holds one.
  if (read.includes('\ufffd') && !isUtf8(bytes)) return [];
  return [{ kind: 'string', text: read }];
}

/** As RFC 9562 writes it, in lower case, and as many systems do, in upper case. */
function uuid(bytes: Uint8Array): readonly TypedValue[] {
  const hex = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex');
  const lower = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  return [
    { kind: 'string', text: lower },
    { kind: 'string', text: lower.toUpperCase() },
  ];
}

/** Nanoseconds of the day, then the Julian day: how Impala and Spark wrote timestamps. */
function int96(view: DataView): TypedValue {
  const days = BigInt(view.getInt32(8, true) - EPOCH_DAY);
  const nanoseconds = days * NANOSECONDS_A_DAY + view.getBigInt64(0, true);
  return { kind: 'timestamp', nanoseconds };
}

/** ISO 8601, with as many digits of a second as are needed, and with 3, 6 and 9. */
function timesOfDay(nanoseconds: bigint): readonly TypedValue[] {
  const seconds = Number(nanoseconds / 1_000_000_000n);
  const pad = (part: number): string => String(part).padStart(2, '0');
  const clock = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const whole = clock.map(pad).join(':');
  const fraction = String(nanoseconds % 1_000_000_000n).padStart(9, '0');
  const trimmed = fraction.replace(/0+$/, '');
  const writings = new Set([trimmed === '' ? whole : `${whole}.${trimmed}`]);
  for (const digits of [3, 6, 9]) {
    if (trimmed.length <= digits) writings.add(`${whole}.${fraction.slice(0, digits)}`);
  }
  return [...writings].map((written) => ({ kind: 'string', text: written }));
}
