// Rows of one archive look alike: the bytes between their scalars are the same, row after row. They
// are kept here as a tree. A row whose bytes between scalars follow a way through the tree has the
// structure of a row that readDocument has checked, so only its scalars are left to check and probe.
import { askReference, probeNumber, probeString, probeWord } from './probe';
import { escaped, skipNumber, skipString, skipWord } from './tokens';
import { trace, traced } from './document';

// Node: u32 length, i32 path id of the scalar that follows (-1: none looks there, -2: end of row),
// u32 first child, u32 next sibling, then the literal's bytes, padded to 16.
const END: i32 = -2;
const MAX_SIBLINGS: u32 = 8;
const MAX_LITERAL: u32 = 2048;

let from: usize = 0;
let limit: usize = 0;
let free: usize = 0;
let root: u32 = 0;

/** The tree may use [from, to); it is empty at first and again after each call. */
export function useSkeletons(at: usize, to: usize): void {
  from = at;
  limit = to;
  clearSkeletons();
}

export function clearSkeletons(): void {
  free = from;
  root = 0;
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
  while (true) {
    while (true) {
      if (node == 0) return 0;
      if (alike(at, <usize>node + 16, load<u32>(node))) break;
      node = load<u32>(node, 12);
    }
    at += load<u32>(node);
    const path = load<i32>(node, 4);
    if (path == END) return at;
    const byte = load<u8>(at);
    if (byte == 0x22) {
      const start = at + 1;
      at = skipString(start);
      if (at == 0) return 0;
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
      alike(literal, node + 16, length)
    ) {
      return node;
    }
    last = node;
    siblings++;
    node = load<u32>(node, 12);
  }
  const size: usize = 32 + ((<usize>length + 15) & ~(<usize>15));
  if (siblings == MAX_SIBLINGS || free + size > limit) return 0;
  node = free;
  free += size;
  store<u32>(node, length);
  store<i32>(node, path, 4);
  store<u32>(node, 0, 8);
  store<u32>(node, 0, 12);
  memory.copy(node + 16, literal, length);
  if (last != 0) store<u32>(last, <u32>node, 12);
  else if (parent != 0) store<u32>(parent, <u32>node, 8);
  else root = <u32>node;
  return node;
}
