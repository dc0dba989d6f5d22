// Single JSON tokens, as strict as lib/core/json/scan.ts. Each function answers the address past the
// token, or 0 where it is none. Reads may run up to 32 bytes over the end, into padding.

const BACKSLASH: v128 = i8x16.splat(0x5c);
/**
 * With this bit turned a quote (0x22) is 0x20, and space and exclamation mark are beyond it. So quotes,
 * controls and, as signed bytes, all bytes beyond ASCII are less than 0x21, and nothing else is.
 */
const TURNED: v128 = i8x16.splat(0x02);
const PAST_QUOTE: v128 = i8x16.splat(0x21);

/** Whether the string passed over last holds an escape. */
export let escaped: bool = false;

/** A bit for each of sixteen bytes that is no plain ASCII character of a string. */
// @ts-ignore: decorator
@inline
function stopsAt(at: usize): u32 {
  const bytes = v128.load(at);
  return <u32>i8x16.bitmask(
    v128.or(i8x16.lt_s(v128.xor(bytes, TURNED), PAST_QUOTE), i8x16.eq(bytes, BACKSLASH)),
  );
}

/** The first byte at or after `at` that is no plain ASCII character of a string. */
// @ts-ignore: decorator
@inline
export function skipPlain(at: usize): usize {
  const first = stopsAt(at);
  if (first != 0) return at + ctz(first);
  at += 16;
  // Longer strings are of any length: larger steps make fewer turns to guess wrongly.
  while (true) {
    const stops = stopsAt(at) | (stopsAt(at + 16) << 16);
    if (stops != 0) return at + ctz(stops);
    at += 32;
  }
}

/** `at` is past the opening quote. Raw newlines are faults, so that no string leaves its row. */
// @ts-ignore: decorator
@inline
export function skipString(at: usize): usize {
  escaped = false;
  at = skipPlain(at);
  return load<u8>(at) == 0x22 ? at + 1 : skipOddString(at);
}

function skipOddString(at: usize): usize {
  while (true) {
    const byte = load<u8>(at);
    if (byte == 0x22) return at + 1;
    if (byte < 0x20) return 0;
    if (byte == 0x5c) {
      escaped = true;
      at = skipEscape(at + 1);
    } else if (byte >= 0x80) at = skipSequence(at);
    if (at == 0) return 0;
    // Text beyond ASCII comes in runs: look at the next byte before the next sixteen.
    const next = load<u8>(at);
    if (next < 0x80 && next != 0x5c) at = skipPlain(at);
  }
}

function skipEscape(at: usize): usize {
  switch (load<u8>(at)) {
    case 0x22:
    case 0x5c:
    case 0x2f:
    case 0x62:
    case 0x66:
    case 0x6e:
    case 0x72:
    case 0x74:
      return at + 1;
    case 0x75:
      for (let digit = at + 1; digit < at + 5; digit++) {
        const byte = load<u8>(digit);
        const lower = byte | 0x20;
        if (!((byte >= 0x30 && byte <= 0x39) || (lower >= 0x61 && lower <= 0x66))) return 0;
      }
      return at + 5;
    default:
      return 0;
  }
}

/** Unicode 16, table 3-7, well-formed UTF-8. A newline is no continuation, so no row is left. */
function skipSequence(at: usize): usize {
  const lead = load<u8>(at);
  if (lead < 0xc2 || lead > 0xf4) return 0;
  const second = load<u8>(at, 1);
  if ((second & 0xc0) != 0x80) return 0;
  if (lead < 0xe0) return at + 2;
  if ((load<u8>(at, 2) & 0xc0) != 0x80) return 0;
  if (lead < 0xf0) {
    if ((lead == 0xe0 && second < 0xa0) || (lead == 0xed && second > 0x9f)) return 0;
    return at + 3;
  }
  if ((load<u8>(at, 3) & 0xc0) != 0x80) return 0;
  if ((lead == 0xf0 && second < 0x90) || (lead == 0xf4 && second > 0x8f)) return 0;
  return at + 4;
}

/** Whether the number passed over last is written in its canonical form; see json/decimal-text.ts. */
export let canonical: bool = false;
/** The longest integer that is its own canonical form. */
const PLAIN_DIGITS: u32 = 40;

export function skipNumber(at: usize): usize {
  const negative = load<u8>(at) == 0x2d;
  if (negative) at++;
  const first = at;
  let byte = <u32>load<u8>(at);
  if (byte == 0x30) byte = load<u8>(++at);
  else {
    if (byte - 0x30 > 9) return 0;
    do byte = load<u8>(++at);
    while (byte - 0x30 <= 9);
  }
  canonical = at - first <= PLAIN_DIGITS && !(negative && load<u8>(first) == 0x30);
  if (byte == 0x2e) {
    canonical = false;
    byte = load<u8>(++at);
    if (byte - 0x30 > 9) return 0;
    do byte = load<u8>(++at);
    while (byte - 0x30 <= 9);
  }
  if ((byte | 0x20) == 0x65) {
    canonical = false;
    byte = load<u8>(++at);
    if (byte == 0x2b || byte == 0x2d) byte = load<u8>(++at);
    if (byte - 0x30 > 9) return 0;
    do byte = load<u8>(++at);
    while (byte - 0x30 <= 9);
  }
  return at;
}

/** `true`, `false` or `null`. */
export function skipWord(at: usize): usize {
  const four = load<u32>(at);
  if (four == 0x65757274 || four == 0x6c6c756e) return at + 4;
  if (four == 0x736c6166 && load<u8>(at, 4) == 0x65) return at + 5;
  return 0;
}

/** Space, tab and carriage return: white space that does not end a row. */
// @ts-ignore: decorator
@inline
export function skipSpace(at: usize): usize {
  while (true) {
    const byte = load<u8>(at);
    if (byte > 0x20 || (byte != 0x20 && byte != 0x09 && byte != 0x0d)) return at;
    at++;
  }
}
