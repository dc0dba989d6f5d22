// Whether an identifier of the record may be on the suppression list.
import { FILTER, FOUND, MESSAGE, MOST_MESSAGE } from './layout';
import { found } from './walk';

// A rule: u32 how to normalise (0 exact, 1 trim-lowercase, 2 digits), prefix (name and a zero byte),
// its length.
let rules: usize = 0;
let filterMask: u32 = 0;
let key0: u64 = 0;
let key1: u64 = 0;

export function useFilter(rulesAt: usize, words: u32, k0: u64, k1: u64): void {
  rules = rulesAt;
  filterMask = words - 1;
  key0 = k0;
  key1 = k1;
}

/** True also when in doubt: the reference path then decides. */
export function maySuppress(): bool {
  for (let index = 0; index < found; index++) {
    const entry = FOUND + (<usize>index << 4);
    if (load<u32>(entry, 12) != 0) return true;
    const rule = rules + <usize>load<u32>(entry, 8) * 12;
    const length = message(rule, load<u32>(entry), load<u32>(entry, 4));
    if (length < 0) return true;
    if (length > 0 && mayHold(<usize>length)) return true;
  }
  return false;
}

/** Writes name, zero byte and normalised value. Answers its length, 0 if it names nobody, or -1. */
function message(rule: usize, start: usize, end: usize): i32 {
  const how = load<u32>(rule);
  const prefix = <usize>load<u32>(rule, 8);
  if (end - start + prefix > MOST_MESSAGE) return -1;
  memory.copy(MESSAGE, load<u32>(rule, 4), prefix);
  let to = MESSAGE + prefix;
  if (load<u8>(start) == 0x22) {
    start++;
    end--;
  } else if (!isPlainInteger(start, end)) return -1;
  if (how == 1) {
    while (start < end && load<u8>(start) == 0x20) start++;
    while (start < end && load<u8>(end - 1) == 0x20) end--;
  }
  for (; start < end; start++) {
    const byte: u32 = load<u8>(start);
    if (how == 2) {
      if (byte - 0x30 > 9) continue;
    } else if (how == 1 && byte >= 0x80) return -1;
    store<u8>(to++, how == 1 && byte - 0x41 <= 25 ? byte | 0x20 : byte);
  }
  return to == MESSAGE + prefix ? 0 : <i32>(to - MESSAGE);
}

/** An integer that is its own exact text; see decimalText. */
function isPlainInteger(start: usize, end: usize): bool {
  if (load<u8>(start) == 0x2d) {
    start++;
    if (load<u8>(start) == 0x30) return false;
  }
  if (end - start > 40) return false;
  for (; start < end; start++) if (<u32>load<u8>(start) - 0x30 > 9) return false;
  return true;
}

function mayHold(length: usize): bool {
  const hash = sipHash(MESSAGE, length);
  const high = <u32>(hash >> 32);
  const bits: u32 =
    (1 << (high & 31)) |
    (1 << ((high >> 5) & 31)) |
    (1 << ((high >> 10) & 31)) |
    (1 << ((high >> 15) & 31));
  return (load<u32>(FILTER + ((<usize>(<u32>hash & filterMask)) << 2)) & bits) == bits;
}

let v0: u64 = 0;
let v1: u64 = 0;
let v2: u64 = 0;
let v3: u64 = 0;

/** SipHash-2-4, as suppression/siphash.ts. */
function sipHash(from: usize, length: usize): u64 {
  v0 = key0 ^ 0x736f6d6570736575;
  v1 = key1 ^ 0x646f72616e646f6d;
  v2 = key0 ^ 0x6c7967656e657261;
  v3 = key1 ^ 0x7465646279746573;
  const end = from + (length & ~7);
  for (; from < end; from += 8) absorb(load<u64>(from));
  let last: u64 = <u64>(length & 0xff) << 56;
  const rest = length & 7;
  if (rest != 0) last |= load<u64>(from) & ((<u64>1 << (rest << 3)) - 1);
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
  v1 = rotl(v1, 13) ^ v0;
  v0 = rotl(v0, 32);
  v2 += v3;
  v3 = rotl(v3, 16) ^ v2;
  v0 += v3;
  v3 = rotl(v3, 21) ^ v0;
  v2 += v1;
  v1 = rotl(v1, 17) ^ v2;
  v2 = rotl(v2, 32);
}
