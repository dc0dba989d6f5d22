// A hash table of byte strings in linear memory. It is written by one instance, before others read.
//
// Entry: u32 length, u16 path id, u8 flags, u8 unused, then the bytes, padded to 8.
// Slot: u32, the entry's address. Before the slots lies a byte for each, 0 when free, else bits of the
// hash: a value that no criterion knows seldom touches more than that byte.

let tags: usize = 0;
let slots: usize = 0;
let mask: u32 = 0;
let seed: u64 = 0;

/** `capacity` is a power of two, larger than the number of entries; it takes 5 bytes each, zero at first. */
export function useTable(at: usize, capacity: u32, withSeed: u32): void {
  tags = at;
  slots = at + capacity;
  mask = capacity - 1;
  seed = (<u64>withSeed) * 0x9e3779b97f4a7c15 + 1;
}

/** Reads up to 7 bytes beyond the end; every caller's memory is padded so. */
// @ts-ignore: decorator
@inline
function hashOf(path: u32, at: usize, length: u32): u32 {
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

function equalBytes(a: usize, b: usize, length: u32): bool {
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

/** The address of the entry with this path and these bytes, or 0. */
export function find(path: u32, at: usize, length: u32): usize {
  if (mask == 0) return 0;
  const hash = hashOf(path, at, length);
  const tag = tagOf(hash);
  let index = hash & mask;
  while (true) {
    const found = load<u8>(tags + index);
    if (found == 0) return 0;
    if (found == tag) {
      const entry = <usize>load<u32>(slots + (<usize>index << 2));
      if (
        load<u32>(entry) == length &&
        <u32>load<u16>(entry, 4) == path &&
        equalBytes(entry + 8, at, length)
      ) {
        return entry;
      }
    }
    index = (index + 1) & mask;
  }
}

/** Puts the entries that lie back to back in [from, to) into the table; equal ones become one. */
export function insertAll(from: usize, to: usize): u32 {
  let added: u32 = 0;
  let entry = from;
  while (entry < to) {
    const length = load<u32>(entry);
    const path = <u32>load<u16>(entry, 4);
    const same = find(path, entry + 8, length);
    if (same != 0) store<u8>(same, load<u8>(same, 6) | load<u8>(entry, 6), 6);
    else {
      const hash = hashOf(path, entry + 8, length);
      let index = hash & mask;
      while (load<u8>(tags + index) != 0) index = (index + 1) & mask;
      store<u8>(tags + index, <u8>tagOf(hash));
      store<u32>(slots + (<usize>index << 2), <u32>entry);
      added++;
    }
    entry += 8 + ((<usize>length + 7) & ~(<usize>7));
  }
  return added;
}
