// Reads one record along the policy, as record-walk.ts does, every duplicate of a key included. Gives
// up on keys whose escapes go beyond ASCII, on deep nesting, and on identifiers within fields.
import { EDITS, FOUND, MESSAGE, MOST_EDITS, MOST_FOUND, MOST_MESSAGE, POLICY } from './layout';
import { at, byte, colon, escaped, key, scalar, seek, skip, space, string } from './tokens';

// A node: u32 flags, number of children, identifier rule, replacement, its length, a bit for each
// length that a child's key has (31 for more),
// u64 children on the way to the consent flag; then of each child: u32 key, its length, node.
export const CONSENT: u32 = 1;
export const WITHIN: u32 = 2;
export const FIELD: u32 = 4;
/** Redaction of it, or beside it, is for the reference path. */
export const INTRICATE: u32 = 8;
export const IDENTIFIER: u32 = 16;
const HEAD: usize = 32;
const CHILD: usize = 12;
const MOST_ARRAYS = 32;

export let trues: i32 = 0;
export let refusals: i32 = 0;
export let absences: i32 = 0;
export let intricate: bool = false;
export let edits: i32 = 0;
export let found: i32 = 0;
/** Position of the record's last brace, and whether it has any member. */
export let lastBrace: usize = 0;
export let hasMember: bool = false;

/** Reads the record at `from`, which must end at `end`. False: not for us. */
export function walk(from: usize, end: usize): bool {
  trues = refusals = absences = edits = found = 0;
  intricate = false;
  seek(from);
  space();
  if (byte() != 0x7b || !object(POLICY)) return false;
  lastBrace = at - 1;
  space();
  return at == end;
}

function object(node: usize): bool {
  seek(at + 1);
  space();
  const isEmpty = byte() == 0x7d;
  let seen: u64 = 0;
  if (isEmpty) seek(at + 1);
  else {
    while (true) {
      if (byte() != 0x22) return false;
      let start = at + 1;
      if (!string()) return false;
      let length: usize = at - 1 - start;
      if (escaped) {
        length = unescape(start, at - 1);
        if (length > MOST_MESSAGE) return false;
        start = MESSAGE;
      }
      if (!colon()) return false;
      const child = childAt(node, start, length);
      if (child < 0) {
        if (byte() == 0x22 ? !string() : !skip()) return false;
      } else {
        seen |= (<u64>1) << child;
        if (!value(load<u32>(node + HEAD + <usize>child * CHILD, 8), 0)) return false;
      }
      space();
      const next = byte();
      seek(at + 1);
      if (next == 0x7d) break;
      if (next != 0x2c) return false;
      space();
    }
  }
  const consent = load<u64>(node, 24);
  if (consent != 0 && (seen & consent) == 0) absences++;
  hasMember = !isEmpty;
  return true;
}

/** Writes the text of a checked string to MESSAGE. Answers its length, or more than there is room. */
function unescape(from: usize, end: usize): usize {
  if (end - from > MOST_MESSAGE) return MOST_MESSAGE + 1;
  let to = MESSAGE;
  while (from < end) {
    let next: u32 = load<u8>(from++);
    if (next == 0x5c) {
      next = load<u8>(from++);
      if (next == 0x75) {
        next = (hex(from) << 12) | (hex(from + 1) << 8) | (hex(from + 2) << 4) | hex(from + 3);
        if (next >= 0x80) return MOST_MESSAGE + 1;
        from += 4;
      } else if (next == 0x62) next = 0x08;
      else if (next == 0x66) next = 0x0c;
      else if (next == 0x6e) next = 0x0a;
      else if (next == 0x72) next = 0x0d;
      else if (next == 0x74) next = 0x09;
    }
    store<u8>(to++, next);
  }
  return to - MESSAGE;
}

// @ts-ignore: decorator
@inline
function hex(position: usize): u32 {
  const digit: u32 = load<u8>(position);
  return digit <= 0x39 ? digit - 0x30 : (digit | 0x20) - 0x57;
}

function childAt(node: usize, start: usize, length: usize): i32 {
  const bit: u32 = length < 31 ? <u32>length : 31;
  if (((load<u32>(node, 20) >> bit) & 1) == 0) return -1;
  const count: i32 = load<u32>(node, 4);
  let child = node + HEAD;
  for (let index = 0; index < count; index++, child += CHILD) {
    if (<usize>load<u32>(child, 4) == length && same(load<u32>(child), start, length)) return index;
  }
  return -1;
}

/** Keys in the policy lie apart by 16 bytes at least, so that reading too far is safe. */
function same(a: usize, b: usize, length: usize): bool {
  let index: usize = 0;
  for (; index + 8 <= length; index += 8) {
    if (load<u64>(a + index) != load<u64>(b + index)) return false;
  }
  if (index == length) return true;
  const rest = (load<u64>(a + index) ^ load<u64>(b + index)) << ((8 - (length - index)) << 3);
  return rest == 0;
}

function value(node: usize, arrays: i32): bool {
  const flags = load<u32>(node);
  const first = byte();
  const start = at;
  const isContainer = first == 0x7b || first == 0x5b;
  if ((flags & INTRICATE) != 0) intricate = true;
  if ((flags & CONSENT) != 0) {
    if (first == 0x74) trues++;
    else refusals++;
  }
  if (isContainer) {
    const looksWithin =
      load<u32>(node, 4) != 0 || (first == 0x5b && (flags & IDENTIFIER) != 0);
    if (looksWithin) {
      if ((flags & (FIELD | CONSENT)) != 0) return false;
      return first == 0x7b ? object(node) : array(node, arrays);
    }
    if (!skip()) return false;
  } else {
    if ((flags & WITHIN) != 0) refusals++;
    if (!scalar()) return false;
    if ((flags & IDENTIFIER) != 0 && (first == 0x22 || first == 0x2d || first - 0x30 <= 9)) {
      if (found == MOST_FOUND) return false;
      const entry = FOUND + (<usize>found << 4);
      found++;
      store<u32>(entry, start);
      store<u32>(entry, at, 4);
      store<u32>(entry, load<u32>(node, 8), 8);
      store<u32>(entry, first == 0x22 && escaped ? 1 : 0, 12);
    }
  }
  if ((flags & FIELD) != 0) {
    if (edits == MOST_EDITS) return false;
    const edit = EDITS + (<usize>edits << 4);
    edits++;
    store<u32>(edit, start);
    store<u32>(edit, at, 4);
    store<u32>(edit, load<u32>(node, 12), 8);
    store<u32>(edit, load<u32>(node, 16), 12);
  }
  return true;
}

function array(node: usize, arrays: i32): bool {
  if (arrays == MOST_ARRAYS) return false;
  seek(at + 1);
  space();
  if (byte() == 0x5d) {
    seek(at + 1);
    return true;
  }
  while (true) {
    if (!value(node, arrays + 1)) return false;
    space();
    const next = byte();
    seek(at + 1);
    if (next == 0x5d) return true;
    if (next != 0x2c) return false;
    space();
  }
}
