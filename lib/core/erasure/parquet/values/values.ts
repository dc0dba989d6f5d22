import { corrupt } from '../fault.ts';

/** Values of a page as they lie in memory, nulls left out; physical, without meaning yet. */
export type Values = FixedValues | ByteValues | BitValues | IndexValues;

/** Little-endian numbers, or arrays of one length, end to end. */
export interface FixedValues {
  readonly kind: 'fixed';
  readonly count: number;
  readonly width: number;
  readonly bytes: Uint8Array;
}

export interface ByteValues {
  readonly kind: 'bytes';
  readonly count: number;
  readonly data: Uint8Array;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

interface BitValues {
  readonly kind: 'bits';
  readonly count: number;
  /** A byte a value, 0 or 1. */
  readonly bits: Uint8Array;
}

/** Places in the chunk's dictionary. */
interface IndexValues {
  readonly kind: 'indexes';
  readonly count: number;
  readonly indexes: Int32Array;
}

/** What a dictionary page holds. */
export type Dictionary = FixedValues | ByteValues;

/** Stretches [from, to) of something, as from, to, from, to, …; ascending and apart. */
export type Ranges = readonly number[];

export function lengthOf(ranges: Ranges): number {
  let sum = 0;
  for (let i = 0; i < ranges.length; i += 2) sum += ranges[i + 1]! - ranges[i]!;
  return sum;
}

/** The bytes of value `at`, as a view. Booleans and indexes have none. */
export function bytesAt(values: Dictionary, at: number): Uint8Array {
  if (values.kind === 'bytes') return values.data.subarray(values.starts[at], values.ends[at]);
  return values.bytes.subarray(at * values.width, (at + 1) * values.width);
}

/** Values of the given stretches, in order; data may be shared. */
export function pick<T extends Values>(values: T, ranges: Ranges): T;
export function pick(values: Values, ranges: Ranges): Values {
  const count = lengthOf(ranges);
  switch (values.kind) {
    case 'fixed': {
      const bytes = new Uint8Array(count * values.width);
      joinRanges(values.bytes, ranges, values.width, bytes);
      return { ...values, count, bytes };
    }
    case 'bytes': {
      const starts = new Int32Array(count);
      const ends = new Int32Array(count);
      joinRanges(values.starts, ranges, 1, starts);
      joinRanges(values.ends, ranges, 1, ends);
      return { ...values, count, starts, ends };
    }
    case 'bits': {
      const bits = new Uint8Array(count);
      joinRanges(values.bits, ranges, 1, bits);
      return { ...values, count, bits };
    }
    case 'indexes': {
      const indexes = new Int32Array(count);
      joinRanges(values.indexes, ranges, 1, indexes);
      return { ...values, count, indexes };
    }
  }
}

/** Copies stretches of `from`, each place `width` wide, end to end into `to`. */
export function joinRanges(
  from: Uint8Array | Int32Array,
  ranges: Ranges,
  width: number,
  to: Uint8Array | Int32Array,
): void {
  let at = 0;
  for (let i = 0; i < ranges.length; i += 2) {
    const part = from.subarray(ranges[i]! * width, ranges[i + 1]! * width);
    to.set(part, at);
    at += part.length;
  }
}

/** Lengths and values in turn, the PLAIN form of byte arrays. */
export function readPlainBytes(data: Uint8Array, count: number): ByteValues {
  if (count * 4 > data.length) throw corrupt('a page has fewer values than it should');
  const starts = new Int32Array(count);
  const ends = new Int32Array(count);
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (at + 4 > data.length) throw corrupt('a page has fewer values than it should');
    const length =
      (data[at]! | (data[at + 1]! << 8) | (data[at + 2]! << 16) | (data[at + 3]! << 24)) >>> 0;
    at += 4;
    starts[i] = at;
    at += length;
    if (at > data.length) throw corrupt('a value leads beyond its page');
    ends[i] = at;
  }
  return { kind: 'bytes', count, data, starts, ends };
}

export function readPlainFixed(data: Uint8Array, count: number, width: number): FixedValues {
  if (count * width > data.length) throw corrupt('a page has fewer values than it should');
  return { kind: 'fixed', count, width, bytes: data.subarray(0, count * width) };
}
