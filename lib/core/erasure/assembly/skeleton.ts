// Rows of one archive look alike: the bytes between their scalars are the same, row after row. They
// are kept here as a tree. A row whose bytes between scalars follow a way through the tree has the
// structure of a row that readDocument has checked, so only its scalars are left to check and probe.
//
// Where the next literal begins is known only once a string's end is found, and so a row would be read
// one step after the other. Many fields are as long in each row (ids, dates, codes): if the end is found
// where it was in the rows before, the way goes on from that expectation, on which nothing waits.
import { askReference, probeNumber, probeString, probeWord } from './probe';
import { escaped, skipNumber, skipString, skipWord } from './tokens';
import { trace, traced } from './document';

// Node: u32 length, i32 path id of the scalar that follows (-1: none looks there, -2: end of row),
// u32 first child, u32 next sibling, u32 expected length of the string that follows with its closing
// quote (0: lengths vary), u32 surprises, 8 bytes unused, then the literal's bytes, padded to 16.
const HEADER: usize = 32;
const END: i32 = -2;
/** As many surprises show that a field's lengths vary. */
const MOST_SURPRISES: u32 = 512;
/** Rows after which surprises count half. */
const FORGIVEN_AFTER: u32 = 4096;
const MAX_SIBLINGS: u32 = 8;
const MAX_LITERAL: u32 = 2048;

let from: usize = 0;
let limit: usize = 0;
let free: usize = 0;
let root: u32 = 0;
let rowsLeft: u32 = FORGIVEN_AFTER;

/** The tree may use [from, to); it is empty at first and again after each call. */
export function useSkeletons(at: usize, to: usize): void {
  from = at;
  limit = to;
  clearSkeletons();
}

export function clearSkeletons(): void {
  free = from;
  root = 0;
  rowsLeft = FORGIVEN_AFTER;
}

/** The string after `node` is `length` long, not what was expected. */
function surprise(node: usize, length: u32): void {
  const surprises = load<u32>(node, 20) + 1;
  store<u32>(node, surprises, 20);
  store<u32>(node, surprises < MOST_SURPRISES ? length : 0, 16);
}

function forgive(): void {
  rowsLeft = FORGIVEN_AFTER;
  for (let node = from; node < free; node += sizeOf(load<u32>(node))) {
    store<u32>(node, load<u32>(node, 20) >> 1, 20);
  }
}

// @ts-ignore: decorator
@inline
function sizeOf(length: u32): usize {
  // Both sides of a comparison may be read over: see alike.
  return HEADER + 16 + ((<usize>length + 15) & ~(<usize>15));
}

/** Whether `length` bytes are alike; both sides may be read up to 15 bytes over. */
// @ts-ignore: decorator
@inline
function alike(a: usize, b: usize, length: u32): bool {
  let left = <i32>length;
  while (left > 0) {
    const differing = ~i8x16.bitmask(i8x16.eq(v128.load(a), v128.load(b))) & 0xffff;
    if (left < 16) return (differing & ((1 << left) - 1)) == 0;
    if (differing != 0) return false;
    a += 16;
    b += 16;
    left -= 16;
  }
  return true;
}

/** Past the newline of a row that follows a known way, or 0. */
export function followSkeleton(at: usize): usize {
  let node = root;
  if (--rowsLeft == 0) forgive();
  while (true) {
    while (true) {
      if (node == 0) return 0;
      if (alike(at, <usize>node + HEADER, load<u32>(node))) break;
      node = load<u32>(node, 12);
    }
    at += load<u32>(node);
    const path = load<i32>(node, 4);
    if (path == END) return at;
    const byte = load<u8>(at);
    if (byte == 0x22) {
      const start = at + 1;
      const end = skipString(start);
      if (end == 0) return 0;
      const expected = load<u32>(node, 16);
      at = start + expected;
      if (at != end) {
        at = end;
        if (expected != 0) surprise(node, <u32>(end - start));
      }
      if (path >= 0) {
        if (escaped) askReference();
        else probeString(path, start, at - 1);
      }
    } else {
      const start = at;
      if (byte == 0x2d || <u32>byte - 0x30 <= 9) {
        at = skipNumber(start);
        if (at == 0) return 0;
        if (path >= 0) probeNumber(path, start, at);
      } else {
        at = skipWord(start);
        if (at == 0) return 0;
        if (path >= 0) probeWord(path, start, at);
      }
    }
    node = load<u32>(node, 8);
  }
}

/** Learns the row [at, end), newline included, that readDocument has just found to be plain. */
export function learnSkeleton(at: usize, end: usize): void {
  let link = changetype<usize>(0);
  let literal = at;
  for (let index: u32 = 0; index <= traced; index++) {
    const last = index == traced;
    const entry = trace + <usize>index * 12;
    const to = last ? end : <usize>load<u32>(entry);
    const path = last ? END : load<i32>(entry, 8);
    const node = childFor(link, literal, <u32>(to - literal), path);
    if (node == 0) return;
    link = node;
    if (!last) literal = load<u32>(entry, 4);
  }
}

/** The child of `parent` (0: the root's list) with this literal, made if there is room; or 0. */
function childFor(parent: usize, literal: usize, length: u32, path: i32): usize {
  if (length > MAX_LITERAL) return 0;
  let last: usize = 0;
  let siblings: u32 = 0;
  let node = <usize>(parent == 0 ? root : load<u32>(parent, 8));
  while (node != 0) {
    if (
      load<u32>(node) == length &&
      load<i32>(node, 4) == path &&
      alike(literal, node + HEADER, length)
    ) {
      return node;
    }
    last = node;
    siblings++;
    node = load<u32>(node, 12);
  }
  const size = sizeOf(length);
  if (siblings == MAX_SIBLINGS || free + size > limit) return 0;
  node = free;
  free += size;
  store<u32>(node, length);
  store<i32>(node, path, 4);
  store<u32>(node, 0, 8);
  store<u32>(node, 0, 12);
  // Expects nothing that could come true; the first string tells what to expect.
  store<u32>(node, u32.MAX_VALUE, 16);
  store<u32>(node, 0, 20);
  memory.copy(node + HEADER, literal, length);
  if (last != 0) store<u32>(last, <u32>node, 12);
  else if (parent != 0) store<u32>(parent, <u32>node, 8);
  else root = <u32>node;
  return node;
}
