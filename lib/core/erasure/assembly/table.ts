// A hash table of byte strings in linear memory. It is written by one instance, before others read.
//
// Entry: u32 length, u16 path id, u8 flags, u8 unused, then the bytes, padded to 8.
// Bucket: 64 bytes, so that a look-up fetches one line of the cache and, if the tag is met, the entry.
// First a byte for each of 12 slots, 0 when free, else bits of the hash; at 16 the slots, u32 each, an
// entry's address. A bucket that is full goes on in the next one.

const FREE: v128 = i8x16.splat(0);
const SLOTS: u32 = 12;
const IN_USE: u32 = (1 << SLOTS) - 1;

let buckets: usize = 0;
let mask: u32 = 0;
let seed: u64 = 0;

/** `count` is a power of two; there must be fewer entries than slots. All zero at first. */
export function useTable(at: usize, count: u32, withSeed: u32): void {
  buckets = at;
  mask = count - 1;
  seed = (<u64>withSeed) * 0x9e3779b97f4a7c15 + 1;
}

/** Reads up to 7 bytes beyond the end; every caller's memory is padded so. */
// @ts-ignore: decorator
@inline
export function hashOf(path: u32, at: usize, length: u32): u32 {
  let hash: u64 = seed ^ ((<u64>path << 32) | length);
  let left = length;
  while (left >= 8) {
    hash = (hash ^ load<u64>(at)) * 0x9e3779b97f4a7c15;
    hash ^= hash >> 29;
    at += 8;
    left -= 8;
  }
  if (left > 0) {
    hash = (hash ^ (load<u64>(at) & ((<u64>1 << (left << 3)) - 1))) * 0x9e3779b97f4a7c15;
    hash ^= hash >> 29;
  }
  hash *= 0xbf58476d1ce4e5b9;
  return <u32>(hash >> 32);
}

// @ts-ignore: decorator
@inline
function tagOf(hash: u32): u32 {
  return (hash >> 24) | 1;
}

export function equalBytes(a: usize, b: usize, length: u32): bool {
  let left = length;
  while (left >= 8) {
    if (load<u64>(a) != load<u64>(b)) return false;
    a += 8;
    b += 8;
    left -= 8;
  }
  if (left == 0) return true;
  return ((load<u64>(a) ^ load<u64>(b)) & ((<u64>1 << (left << 3)) - 1)) == 0;
}

// @ts-ignore: decorator
@inline
function bucketAt(index: u32): usize {
  return buckets + ((<usize>index) << 6);
}

/** The address of the entry with this path and these bytes, or 0. */
export function find(path: u32, at: usize, length: u32): usize {
  return buckets == 0 ? 0 : findHashed(hashOf(path, at, length), path, at, length);
}

export function findHashed(hash: u32, path: u32, at: usize, length: u32): usize {
  const tag = i8x16.splat(<i8>tagOf(hash));
  let index = hash & mask;
  while (true) {
    const bucket = bucketAt(index);
    const tags = v128.load(bucket);
    let alike = i8x16.bitmask(i8x16.eq(tags, tag)) & IN_USE;
    while (alike != 0) {
      const entry = <usize>load<u32>(bucket + 16 + ((<usize>ctz(alike)) << 2));
      if (
        load<u32>(entry) == length &&
        <u32>load<u16>(entry, 4) == path &&
        equalBytes(entry + 8, at, length)
      ) {
        return entry;
      }
      alike &= alike - 1;
    }
    if ((i8x16.bitmask(i8x16.eq(tags, FREE)) & IN_USE) != 0) return 0;
    index = (index + 1) & mask;
  }
}

/** So many buckets, 256 KiB, stay in a core's second-level cache beside the rows. */
const NEAR: u32 = 4096;

/** Whether a look at one bucket, of a table that is near at hand, tells that there is no such value. */
// @ts-ignore: decorator
@inline
export function isPlainlyAbsent(hash: u32): bool {
  if (mask >= NEAR) return false;
  const tags = v128.load(bucketAt(hash & mask));
  const alike = i8x16.bitmask(i8x16.eq(tags, i8x16.splat(<i8>tagOf(hash)))) & IN_USE;
  const free = i8x16.bitmask(i8x16.eq(tags, FREE)) & IN_USE;
  return alike == 0 && free != 0;
}

/** Whether there is a value at all. */
// @ts-ignore: decorator
@inline
export function hasValues(): bool {
  return buckets != 0;
}

/**
 * Reads a value's bucket. Stores at `into` the only entry of its tag, or 0, and after it 1 where only
 * {@link find} can tell: several entries have the tag, or the bucket may go on in the next one.
 */
// @ts-ignore: decorator
@inline
export function prefetchBucket(hash: u32, into: usize): void {
  const bucket = bucketAt(hash & mask);
  const tags = v128.load(bucket);
  const alike = <u32>i8x16.bitmask(i8x16.eq(tags, i8x16.splat(<i8>tagOf(hash)))) & IN_USE;
  const free = <u32>i8x16.bitmask(i8x16.eq(tags, FREE)) & IN_USE;
  const some: u32 = 0 - <u32>(alike != 0);
  const slot = ctz(alike | (1 << SLOTS)) & some;
  store<u32>(into, load<u32>(bucket + 16 + ((<usize>slot) << 2)) & some);
  store<u32>(into, <u32>(free == 0) | <u32>((alike & (alike - 1)) != 0), 4);
}

/** `entry` if its path, length and first 8 bytes are these, or 0. Address 0 is nobody's, and empty. */
// @ts-ignore: decorator
@inline
export function prefetchEntry(entry: usize, path: u32, at: usize, length: u32): usize {
  const ones: u64 = length >= 8 ? u64.MAX_VALUE : (<u64>1 << (length << 3)) - 1;
  const head = (load<u64>(entry) & 0xffffffffffff) ^ ((<u64>path << 32) | length);
  const body = (load<u64>(entry, 8) ^ load<u64>(at)) & ones;
  return entry & (0 - <usize>((head | body) == 0));
}

/** So many entries' buckets are fetched together when they are put in. */
const TOGETHER: u32 = 64;
/** Keeps the fetching from being left out as useless. */
let fetched: u32 = 0;

// @ts-ignore: decorator
@inline
function past(entry: usize): usize {
  return entry + 8 + ((<usize>load<u32>(entry) + 7) & ~(<usize>7));
}

function fetchBuckets(from: usize, to: usize): void {
  let entry = from;
  for (let count: u32 = 0; count < TOGETHER && entry < to; count++) {
    const hash = hashOf(<u32>load<u16>(entry, 4), entry + 8, load<u32>(entry));
    fetched += <u32>load<u8>(bucketAt(hash & mask));
    entry = past(entry);
  }
}

/** Puts the entries that lie back to back in [from, to) into the table; equal ones become one. */
export function insertAll(from: usize, to: usize): u32 {
  let added: u32 = 0;
  let entry = from;
  for (let count: u32 = 0; entry < to; count++) {
    if (count % TOGETHER == 0) fetchBuckets(entry, to);
    const length = load<u32>(entry);
    const path = <u32>load<u16>(entry, 4);
    const hash = hashOf(path, entry + 8, length);
    const same = findHashed(hash, path, entry + 8, length);
    if (same != 0) store<u8>(same, load<u8>(same, 6) | load<u8>(entry, 6), 6);
    else {
      insert(hash, entry);
      added++;
    }
    entry = past(entry);
  }
  return added;
}

function insert(hash: u32, entry: usize): void {
  let index = hash & mask;
  while (true) {
    const bucket = bucketAt(index);
    const free = i8x16.bitmask(i8x16.eq(v128.load(bucket), FREE)) & IN_USE;
    if (free != 0) {
      const slot = <usize>ctz(free);
      store<u8>(bucket + slot, <u8>tagOf(hash));
      store<u32>(bucket + 16 + (slot << 2), <u32>entry);
      return;
    }
    index = (index + 1) & mask;
  }
}
