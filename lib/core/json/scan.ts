/**
 * A strict RFC 8259 scanner over UTF-8 bytes. It accepts exactly what
 * `JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes))` accepts, so:
 * - a byte order mark is a fault (RFC 8259, section 8.1: it must not be added; we do not guess);
 * - invalid UTF-8, overlong forms and UTF-8 encoded surrogates included, is a fault;
 * - an escaped lone surrogate (`"\ud800"`) is allowed, as it is by JSON.parse;
 * - numbers of any size and precision are allowed (`1e400`);
 * with one limit of our own: nesting beyond MAX_DEPTH (container.ts) is a fault.
 *
 * Every function takes the position of a token's first byte and answers the position after it, or
 * `~offset` (a negative number) where the fault lies at `offset`; `offset === end` means that the
 * text is cut short. Nothing allocates, nothing recurses, nothing throws.
 */

/** What a byte means inside a string: 0 plain, 1 quote, 2 backslash, 3 beyond ASCII, 4 control. */
const IN_STRING = new Uint8Array(256);
IN_STRING.fill(4, 0, 0x20);
IN_STRING.fill(3, 0x80);
IN_STRING[0x22] = 1;
IN_STRING[0x5c] = 2;

/** Bytes that may follow a backslash, save `u`. */
const ESCAPABLE = new Uint8Array(256);
for (const char of '"\\/bfnrt') ESCAPABLE[char.charCodeAt(0)] = 1;

/** The position of the first byte at or after `at` that is not JSON white space. Never a fault. */
export function skipSpace(bytes: Uint8Array, at: number, end: number): number {
  while (at < end) {
    const byte = bytes[at]!;
    if (byte > 0x20 || (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09)) break;
    at++;
  }
  return at;
}

/** Past a string; `at` is its opening quote. */
export function skipString(bytes: Uint8Array, at: number, end: number): number {
  at++;
  while (at < end) {
    const kind = IN_STRING[bytes[at]!]!;
    if (kind === 0) {
      at++;
      continue;
    }
    if (kind === 1) return at + 1;
    if (kind === 4) return ~at;
    at = kind === 2 ? skipEscape(bytes, at, end) : skipSequence(bytes, at, end);
    if (at < 0) return at;
  }
  return ~end;
}

function skipEscape(bytes: Uint8Array, at: number, end: number): number {
  if (at + 1 >= end) return ~end;
  const byte = bytes[at + 1]!;
  if (ESCAPABLE[byte] === 1) return at + 2;
  if (byte !== 0x75) return ~(at + 1);
  for (let digit = at + 2; digit < at + 6; digit++) {
    if (digit >= end) return ~end;
    const hex = bytes[digit]! | 0x20;
    if (!((hex >= 0x30 && hex <= 0x39 && bytes[digit]! >= 0x30) || (hex >= 0x61 && hex <= 0x66))) {
      return ~digit;
    }
  }
  return at + 6;
}

/** Past one UTF-8 sequence beyond ASCII. Source: Unicode 16, table 3-7, well-formed sequences. */
export function skipSequence(bytes: Uint8Array, at: number, end: number): number {
  const lead = bytes[at]!;
  if (lead < 0xc2 || lead > 0xf4) return ~at;
  const last = at + (lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3);
  if (last >= end) return ~at;
  const second = bytes[at + 1]!;
  if (
    (second & 0xc0) !== 0x80 ||
    (lead === 0xe0 && second < 0xa0) ||
    (lead === 0xed && second > 0x9f) ||
    (lead === 0xf0 && second < 0x90) ||
    (lead === 0xf4 && second > 0x8f)
  ) {
    return ~at;
  }
  for (let rest = at + 2; rest <= last; rest++) {
    if ((bytes[rest]! & 0xc0) !== 0x80) return ~at;
  }
  return last + 1;
}

/** Past a number, `true`, `false` or `null`. */
export function skipScalar(bytes: Uint8Array, at: number, end: number): number {
  if (at >= end) return ~end;
  switch (bytes[at]) {
    case 0x74:
      return skipWord(bytes, at, end, 'true');
    case 0x66:
      return skipWord(bytes, at, end, 'false');
    case 0x6e:
      return skipWord(bytes, at, end, 'null');
    default:
      return skipNumber(bytes, at, end);
  }
}

function skipWord(bytes: Uint8Array, at: number, end: number, word: string): number {
  for (let index = 1; index < word.length; index++) {
    if (at + index >= end) return ~end;
    if (bytes[at + index] !== word.charCodeAt(index)) return ~(at + index);
  }
  return at + word.length;
}

function skipNumber(bytes: Uint8Array, at: number, end: number): number {
  if (bytes[at] === 0x2d) at++;
  if (at < end && bytes[at] === 0x30) at++;
  else {
    at = skipDigits(bytes, at, end);
    if (at < 0) return at;
  }
  if (at < end && bytes[at] === 0x2e) {
    at = skipDigits(bytes, at + 1, end);
    if (at < 0) return at;
  }
  if (at < end && (bytes[at]! | 0x20) === 0x65) {
    at++;
    if (at < end && (bytes[at] === 0x2b || bytes[at] === 0x2d)) at++;
    at = skipDigits(bytes, at, end);
  }
  return at;
}

/** Past one or more digits. */
function skipDigits(bytes: Uint8Array, at: number, end: number): number {
  const first = at;
  while (at < end && bytes[at]! >= 0x30 && bytes[at]! <= 0x39) at++;
  return at === first ? ~at : at;
}

/** Past a member's key, its colon and the space around; `at` is where the key must begin. */
export function skipKey(bytes: Uint8Array, at: number, end: number): number {
  if (at >= end) return ~end;
  if (bytes[at] !== 0x22) return ~at;
  at = skipString(bytes, at, end);
  if (at < 0) return at;
  return skipColon(bytes, at, end);
}

/** Past the colon after a key and the space around it: to where the value must begin. */
export function skipColon(bytes: Uint8Array, at: number, end: number): number {
  at = skipSpace(bytes, at, end);
  if (at >= end) return ~end;
  if (bytes[at] !== 0x3a) return ~at;
  return skipSpace(bytes, at + 1, end);
}
