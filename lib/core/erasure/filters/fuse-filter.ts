/**
 * A binary fuse filter: whether a 64-bit hash is among those it was built of, never missing one, at
 * a chance of 2^-width to be wrong about another, in 1.13 (a million hashes) to 1.4 (a thousand)
 * times `width` bits a hash. Source: T. M. Graf, D. Lemire, "Binary Fuse Filters: Fast and Smaller
 * Than Xor Filters", ACM JEA 27, 2022; here with fingerprints of any width, packed.
 */
export interface FuseFilter {
  readonly count: number;
  readonly seed: number;
  /** Bits of a fingerprint, up to 16. */
  readonly width: number;
  /** {@link fuseBytes} of them. */
  readonly bytes: Uint8Array;
}

/** Most hashes of one filter: positions within a segment take 13 bits. */
export const MOST_HASHES = 1 << 20;
/** About 1 in 10 seeds fails for small sets, none in a thousand for large ones. */
const MOST_SEEDS = 200;

interface Layout {
  /** A power of two. */
  segment: number;
  /** Where a first position may lie: [0, span). */
  span: number;
  slots: number;
}

function layoutOf(count: number): Layout {
  const segment = count < 2 ? 4 : 2 ** Math.floor(Math.log(count) / Math.log(3.33) + 2.25);
  const factor = count < 2 ? 0 : Math.max(1.125, 0.875 + (0.25 * Math.log(1e6)) / Math.log(count));
  const segments = Math.max(1, Math.ceil(Math.round(count * factor) / segment) - 2);
  return { segment, span: segments * segment, slots: (segments + 2) * segment };
}

/** Length of a filter, with room for reads of three bytes. */
export function fuseBytes(count: number, width: number): number {
  return count === 0 ? 0 : Math.ceil((layoutOf(count).slots * width) / 8) + 2;
}

/** Where a hash has its three places, and its fingerprint of 32 bits. */
class Places {
  first = 0;
  second = 0;
  third = 0;
  fingerprint = 0;
  readonly #layout: Layout;
  readonly #seed: number;

  constructor(layout: Layout, seed: number) {
    this.#layout = layout;
    this.#seed = Math.imul(seed + 1, 0x9e3779b1);
  }

  find(low: number, high: number): void {
    const { segment, span } = this.#layout;
    let x = low ^ this.#seed;
    let y = high ^ (this.#seed >>> 15);
    x = Math.imul(x ^ (x >>> 16) ^ y, 0x7feb352d);
    y = Math.imul(y ^ (y >>> 15) ^ x, 0x846ca68b);
    x = Math.imul(x ^ (x >>> 15) ^ y, 0x85ebca6b);
    y = (y ^ (x >>> 16)) >>> 0;
    this.first = Math.floor((y * span) / 0x1_0000_0000);
    this.second = (this.first + segment) ^ (x & (segment - 1));
    this.third = (this.first + 2 * segment) ^ ((x >>> 13) & (segment - 1));
    const mixed = Math.imul(low ^ (high >>> 16) ^ y, 0xc2b2ae35);
    this.fingerprint = (mixed ^ Math.imul(high, 0x9e3779b1)) >>> 0;
  }
}

/** @param hashes distinct; low and high half in turns, at most {@link MOST_HASHES} of them. */
export function buildFuse(hashes: Uint32Array, width: number): FuseFilter {
  const count = hashes.length / 2;
  if (count === 0) return { count, seed: 0, width, bytes: new Uint8Array(0) };
  const layout = layoutOf(count);
  for (let seed = 0; seed < MOST_SEEDS; seed++) {
    const places = new Places(layout, seed);
    const order = peel(hashes, layout, places);
    if (order) return { count, seed, width, bytes: assign(hashes, layout, places, order, width) };
  }
  throw new Error('no seed makes a filter of these hashes; are they distinct?');
}

/** The order in which each hash has a place of its own, with that place; in turns. */
function peel(hashes: Uint32Array, layout: Layout, places: Places): Uint32Array | undefined {
  const count = hashes.length / 2;
  const degree = new Uint32Array(layout.slots);
  /** All hashes of a place, by index, combined: with one left it is that one. */
  const combined = new Uint32Array(layout.slots);
  for (let index = 0; index < count; index++) {
    places.find(hashes[index * 2]!, hashes[index * 2 + 1]!);
    for (const slot of [places.first, places.second, places.third]) {
      degree[slot] = degree[slot]! + 1;
      combined[slot] = combined[slot]! ^ index;
    }
  }
  const queue = new Uint32Array(layout.slots);
  let queued = 0;
  for (let slot = 0; slot < layout.slots; slot++) if (degree[slot] === 1) queue[queued++] = slot;
  const order = new Uint32Array(count * 2);
  let done = 0;
  while (queued > 0) {
    const slot = queue[--queued]!;
    if (degree[slot] !== 1) continue;
    const index = combined[slot]!;
    order[done++] = index;
    order[done++] = slot;
    places.find(hashes[index * 2]!, hashes[index * 2 + 1]!);
    for (const each of [places.first, places.second, places.third]) {
      degree[each] = degree[each]! - 1;
      combined[each] = combined[each]! ^ index;
      if (degree[each] === 1) queue[queued++] = each;
    }
  }
  return done === count * 2 ? order : undefined;
}

function assign(
  hashes: Uint32Array,
  layout: Layout,
  places: Places,
  order: Uint32Array,
  width: number,
): Uint8Array {
  const values = new Uint16Array(layout.slots);
  for (let at = order.length - 2; at >= 0; at -= 2) {
    const index = order[at]!;
    places.find(hashes[index * 2]!, hashes[index * 2 + 1]!);
    const { first, second, third, fingerprint } = places;
    const slot = order[at + 1]!;
    values[slot] =
      (fingerprint >>> (32 - width)) ^
      (slot === first ? 0 : values[first]!) ^
      (slot === second ? 0 : values[second]!) ^
      (slot === third ? 0 : values[third]!);
  }
  const bytes = new Uint8Array(fuseBytes(hashes.length / 2, width));
  for (let slot = 0; slot < values.length; slot++) {
    const bit = slot * width;
    const shifted = values[slot]! << (bit & 7);
    const at = bit >>> 3;
    bytes[at] = bytes[at]! | shifted;
    bytes[at + 1] = bytes[at + 1]! | (shifted >>> 8);
    bytes[at + 2] = bytes[at + 2]! | (shifted >>> 16);
  }
  return bytes;
}

/** A test for the hashes of a filter; `bytes` must be as long as {@link fuseBytes} says. */
export function fuseTest(filter: FuseFilter): (low: number, high: number) => boolean {
  const { count, seed, width, bytes } = filter;
  if (count === 0) return () => false;
  const places = new Places(layoutOf(count), seed);
  const mask = 2 ** width - 1;
  const valueAt = (slot: number): number => {
    const bit = slot * width;
    const at = bit >>> 3;
    return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16)) >>> (bit & 7);
  };
  return (low, high) => {
    places.find(low, high);
    const value = valueAt(places.first) ^ valueAt(places.second) ^ valueAt(places.third);
    return ((value ^ (places.fingerprint >>> (32 - width))) & mask) === 0;
  };
}
