// Instead of looking values up: notes a keyed hash of each, for a membership filter.

/** Where hashes go, u64 each; 0 when values are looked up as usual. */
let hashes: usize = 0;
let limit: u32 = 0;
let count: u32 = 0;
/** For each path id a u64 that stands for the path at the beginning of what is hashed. */
let prefixes: usize = 0;
let key0: u64 = 0;
let key1: u64 = 0;

export function useCollector(
  hashesAt: usize,
  most: u32,
  prefixesAt: usize,
  k0: u64,
  k1: u64,
): void {
  hashes = hashesAt;
  limit = most;
  prefixes = prefixesAt;
  key0 = k0;
  key1 = k1;
  count = 0;
}

/** How many hashes were noted since the last call; the next ones are noted from the start again. */
export function takeCollected(): u32 {
  const taken = count;
  count = 0;
  return taken;
}

// @ts-ignore: decorator
@inline
export function collecting(): bool {
  return hashes != 0;
}

/** Answers false when there is no more room. */
export function collect(path: u32, at: usize, end: usize): bool {
  if (count == limit) return false;
  const prefix = load<u64>(prefixes + ((<usize>path) << 3));
  store<u64>(hashes + ((<usize>count) << 3), sipHash(prefix, at, end));
  count++;
  return true;
}

let v0: u64 = 0;
let v1: u64 = 0;
let v2: u64 = 0;
let v3: u64 = 0;

/** SipHash-2-4, as suppression/siphash.ts, of the 8 bytes of `prefix` and those in [at, end). */
function sipHash(prefix: u64, at: usize, end: usize): u64 {
  v0 = key0 ^ 0x736f6d6570736575;
  v1 = key1 ^ 0x646f72616e646f6d;
  v2 = key0 ^ 0x6c7967656e657261;
  v3 = key1 ^ 0x7465646279746573;
  absorb(prefix);
  const length = end - at;
  const whole = at + (length & ~7);
  for (; at < whole; at += 8) absorb(load<u64>(at));
  let last: u64 = (<u64>(length + 8)) << 56;
  for (let shift: u64 = 0; at < end; at++, shift += 8) last |= (<u64>load<u8>(at)) << shift;
  absorb(last);
  v2 ^= 0xff;
  round();
  round();
  round();
  round();
  return v0 ^ v1 ^ v2 ^ v3;
}

// @ts-ignore: decorator
@inline
function absorb(word: u64): void {
  v3 ^= word;
  round();
  round();
  v0 ^= word;
}

// @ts-ignore: decorator
@inline
function round(): void {
  v0 += v1;
  v1 = rotl<u64>(v1, 13) ^ v0;
  v0 = rotl<u64>(v0, 32);
  v2 += v3;
  v3 = rotl<u64>(v3, 16) ^ v2;
  v0 += v3;
  v3 = rotl<u64>(v3, 21) ^ v0;
  v2 += v1;
  v1 = rotl<u64>(v1, 17) ^ v2;
  v2 = rotl<u64>(v2, 32);
}
