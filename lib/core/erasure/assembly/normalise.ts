// Writes a value as the data map's rule for its identifier does, where a criterion compares so. The
// rules: suppression/normalise.ts, which is the reference.

/** For each path id u8: 0 exact, 1 trim-lowercase, 2 digits. */
let rules: usize = 0;
let hasRules: bool = false;
let room: usize = 0;
let most: u32 = 0;
let length: u32 = 0;

/** What {@link normalise} answers. */
export const AS_IT_WAS: u32 = 0;
export const OTHERWISE: u32 = 1;
/** Only the reference can tell. */
export const UNKNOWN: u32 = 2;

/** `count` rules lie at `at`; `roomAt` holds `roomLength` bytes and a sentinel more. */
export function useRules(at: usize, count: u32, roomAt: usize, roomLength: u32): void {
  rules = at;
  room = roomAt;
  most = roomLength;
  hasRules = false;
  for (let path: u32 = 0; path < count; path++) if (load<u8>(at + path) != 0) hasRules = true;
}

// @ts-ignore: decorator
@inline
export function ruleOf(path: u32): u32 {
  return hasRules ? <u32>load<u8>(rules + <usize>path) : 0;
}

export function normalisedAt(): usize {
  return room;
}
export function normalisedEnd(): usize {
  return room + <usize>length;
}

/** Writes the value in [at, end) into the room, where it is written otherwise; a zero byte follows. */
export function normalise(rule: u32, at: usize, end: usize): u32 {
  if (<u32>(end - at) > most) return UNKNOWN;
  const from = at;
  const to = end;
  length = 0;
  if (rule == 2) {
    for (; at < end; at++) {
      const byte = <u32>load<u8>(at);
      if (byte - 0x30 <= 9) put(byte);
    }
  } else {
    while (at < end && isSpace(load<u8>(at))) at++;
    while (end > at && isSpace(load<u8>(end - 1))) end--;
    let other = at != from || end != to;
    for (; at < end; at++) {
      let byte = <u32>load<u8>(at);
      if (byte >= 0x80) return UNKNOWN;
      if (byte - 0x41 < 26) {
        byte |= 0x20;
        other = true;
      }
      put(byte);
    }
    if (!other) return AS_IT_WAS;
  }
  store<u8>(room + <usize>length, 0);
  return rule == 2 && length == <u32>(to - from) ? AS_IT_WAS : OTHERWISE;
}

// @ts-ignore: decorator
@inline
function put(byte: u32): void {
  store<u8>(room + <usize>length, <u8>byte);
  length++;
}

// @ts-ignore: decorator
@inline
function isSpace(byte: u32): bool {
  return byte == 0x20 || byte - 9 <= 4;
}
