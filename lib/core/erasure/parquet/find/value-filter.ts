import type { Matcher } from '../../matcher.ts';
import { viewOf } from '../schema/order.ts';
import { PHYSICAL, type Leaf } from '../schema/schema.ts';
import type { PlainValues } from './typed-values.ts';

/** Bits a criterion; with three bits set each, one value in 200 passes by chance at most. */
const BITS_EACH = 16;
const LEAST_BITS = 1 << 12;
/** Of longer values the two ends are hashed. */
const END = 8;
const INTEGER = /^-?[0-9]{1,20}$/;
const MINUS = 0x2d;

/** Whether the value at a place is worth a closer look; never false for one that matches. */
export type MayMatch = (at: number) => boolean;

/** Quick tests of values as bytes, so that few need be made into typed values and looked up. */
export class ValueFilter {
  readonly #strings: Uint32Array;
  readonly #integers: Uint32Array;
  readonly #hasNumbers: boolean;
  /** Whether values are compared as they are; what they are once normalised can't be told from bytes. */
  readonly #isExact: boolean;

  constructor(matcher: Matcher, path: number) {
    let bits = LEAST_BITS;
    while (bits < matcher.size * BITS_EACH) bits *= 2;
    this.#strings = new Uint32Array(bits / 32);
    this.#integers = new Uint32Array(bits / 32);
    let hasNumbers = false;
    for (const { bytes, string, number } of matcher.wanted(path)) {
      if (string) setBits(this.#strings, hashBytes(viewOf(bytes), 0, bytes.length));
      if (!number) continue;
      hasNumbers = true;
      const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
      if (!INTEGER.test(text)) continue;
      const value = BigInt.asUintN(64, BigInt(text));
      const low = Number(value & 0xffffffffn);
      setBits(this.#integers, hashInteger(low, Number(value >> 32n)));
    }
    this.#hasNumbers = hasNumbers;
    this.#isExact = matcher.rules[path] === 'exact';
  }

  /** A test for the values of a column; undefined where its type or the path's rule has none. */
  over(values: PlainValues, leaf: Leaf): MayMatch | undefined {
    if (!this.#isExact) return undefined;
    const { kind } = leaf.logical;
    const isInteger = kind === 'none' || kind === 'integer';
    if (values.kind === 'fixed' && isInteger && leaf.physical === PHYSICAL.int32) {
      const unsigned = leaf.logical.kind === 'integer' && !leaf.logical.signed;
      return this.#overInt32(viewOf(values.bytes), unsigned);
    }
    if (values.kind === 'fixed' && isInteger && leaf.physical === PHYSICAL.int64) {
      return this.#overInt64(viewOf(values.bytes));
    }
    if (kind !== 'none' && kind !== 'text') return undefined;
    if (values.kind === 'bytes') {
      const { data, starts, ends } = values;
      const view = viewOf(data);
      return (at) => this.#mayBe(view, starts[at]!, ends[at]!);
    }
    if (leaf.physical !== PHYSICAL.fixed || values.kind !== 'fixed') return undefined;
    const { bytes, width } = values;
    const view = viewOf(bytes);
    return (at) => this.#mayBe(view, at * width, (at + 1) * width);
  }

  #overInt32(view: DataView, unsigned: boolean): MayMatch {
    return (at) => {
      const value = view.getInt32(at * 4, true);
      return hasBits(this.#integers, hashInteger(value, unsigned ? 0 : value >> 31));
    };
  }

  #overInt64(view: DataView): MayMatch {
    return (at) =>
      hasBits(
        this.#integers,
        hashInteger(view.getInt32(at * 8, true), view.getInt32(at * 8 + 4, true)),
      );
  }

  /** A string may also be a number in another writing, such as `1e2`. */
  #mayBe(view: DataView, from: number, to: number): boolean {
    if (hasBits(this.#strings, hashBytes(view, from, to))) return true;
    if (!this.#hasNumbers || from === to) return false;
    const first = view.getUint8(from);
    return first === MINUS || (first >= 0x30 && first <= 0x39);
  }
}

function setBits(bits: Uint32Array, hash: number): void {
  const mask = bits.length * 32 - 1;
  for (const each of [hash, second(hash), third(hash)])
    bits[(each & mask) >>> 5]! |= 1 << (each & 31);
}

function hasBits(bits: Uint32Array, hash: number): boolean {
  if (!hasBit(bits, hash)) return false;
  return hasBit(bits, second(hash)) && hasBit(bits, third(hash));
}

function hasBit(bits: Uint32Array, hash: number): boolean {
  const bit = hash & (bits.length * 32 - 1);
  return ((bits[bit >>> 5]! >>> (bit & 31)) & 1) === 1;
}

/** Their low bits come of the high ones. */
function second(hash: number): number {
  return Math.imul((hash >>> 15) | (hash << 17), 0x2c1b3c6d) ^ (hash >>> 11);
}

function third(hash: number): number {
  const mixed = Math.imul(hash ^ (hash >>> 16), 0x297a2d39);
  return mixed ^ (mixed >>> 15);
}

function hashInteger(low: number, high: number): number {
  const mixed = Math.imul(low ^ Math.imul(high, 0x85ebca6b), 0x9e3779b1);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}

function hashBytes(view: DataView, from: number, to: number): number {
  const length = to - from;
  if (length <= 2 * END) return finish(hashPart(view, from, to, length));
  const front = hashPart(view, from, from + END, length);
  return finish(hashPart(view, to - END, to, front));
}

function hashPart(view: DataView, from: number, to: number, seed: number): number {
  let hash = seed;
  let at = from;
  for (; at + 4 <= to; at += 4) {
    hash = Math.imul(hash ^ view.getInt32(at, true), 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  for (; at < to; at++) hash = Math.imul(hash ^ view.getUint8(at), 0x01000193);
  return hash;
}

function finish(hash: number): number {
  const mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (mixed ^ (mixed >>> 13)) >>> 0;
}

const filters = new WeakMap<Matcher, Map<number, ValueFilter>>();

/** The filter of a path, made once for all objects that the matcher is used on. */
export function filterFor(matcher: Matcher, path: number): ValueFilter {
  const known = filters.get(matcher) ?? new Map<number, ValueFilter>();
  filters.set(matcher, known);
  const filter = known.get(path) ?? new ValueFilter(matcher, path);
  known.set(path, filter);
  return filter;
}
