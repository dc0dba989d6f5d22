// Reads one JSON text fully, checks it, and probes the values at the criteria's paths.
import { askReference, markSeen, probeNumber, probeString, probeWord } from './probe';
import { find } from './table';
import { escaped, skipNumber, skipSpace, skipString, skipWord } from './tokens';

// Node of the path tree: i32 path id or -1, u32 count of children, then for each child
// u32 address of its name, u32 the name's length, u32 address of its node.

/** Deeper texts are left to the reference. */
const MAX_DEPTH: u32 = 256;
/** For each open container: u32 node (0: no criterion looks there), u32 1 for an object. */
let stack: usize = 0;
let ignoreCase: bool = false;

/** Scalars of the text read last, for skeleton.ts: start, end, path id, 4 bytes each. */
export let trace: usize = 0;
export let traced: u32 = 0;
const MAX_TRACED: u32 = 1024;
/** False when the text is not to be learnt from. */
export let plain: bool = false;

/** `scratch` holds 8 bytes a level and 12 a traced scalar. */
export function useDocument(scratch: usize, withIgnoreCase: bool): void {
  stack = scratch;
  trace = scratch + MAX_DEPTH * 8;
  ignoreCase = withIgnoreCase;
}

/** Path ids, u32 each, that any string of the text may meet, wherever it stands. */
let deep: usize = 0;
let deepCount: u32 = 0;

export function useDeepPaths(at: usize, count: u32): void {
  deep = at;
  deepCount = count;
}

function probeDeep(at: usize, end: usize): void {
  for (let index: u32 = 0; index < deepCount; index++) {
    const path = load<u32>(deep + ((<usize>index) << 2));
    if (escaped || find(path, at, <u32>(end - at)) != 0) askReference();
  }
}

function nameEquals(at: usize, name: usize, length: u32): bool {
  for (let index: usize = 0; index < length; index++) {
    let byte = <u32>load<u8>(at + index);
    if (ignoreCase && byte - 0x41 < 26) byte |= 0x20;
    if (byte != load<u8>(name + index)) return false;
  }
  return true;
}

function hasWideByte(at: usize, end: usize): bool {
  while (at < end) if (load<u8>(at++) >= 0x80) return true;
  return false;
}

/** The child of a node by a key between quotes, or 0. */
function childOf(node: usize, at: usize, end: usize): usize {
  if (ignoreCase && hasWideByte(at, end)) {
    askReference();
    plain = false;
    return 0;
  }
  const length = <u32>(end - at);
  const count = load<u32>(node, 4);
  let child = node + 8;
  for (let index: u32 = 0; index < count; index++) {
    if (load<u32>(child, 4) == length && nameEquals(at, load<u32>(child), length)) {
      const found = <usize>load<u32>(child, 8);
      const path = load<i32>(found);
      if (path >= 0) markSeen(path);
      return found;
    }
    child += 12;
  }
  return 0;
}

function scalar(at: usize, node: usize): usize {
  const path = node != 0 ? load<i32>(node) : -1;
  const byte = load<u8>(at);
  let end: usize = 0;
  if (byte == 0x22) {
    end = skipString(at + 1);
    if (end != 0 && deepCount != 0) probeDeep(at + 1, end - 1);
    if (end != 0 && path >= 0) {
      if (escaped) askReference();
      else probeString(path, at + 1, end - 1);
    }
  } else if (byte == 0x2d || <u32>byte - 0x30 <= 9) {
    end = skipNumber(at);
    if (end != 0 && path >= 0) probeNumber(path, at, end);
  } else {
    end = skipWord(at);
    if (end != 0 && path >= 0) probeWord(path, at, end);
  }
  if (traced < MAX_TRACED) {
    const here = trace + <usize>traced * 12;
    store<u32>(here, <u32>at);
    store<u32>(here, <u32>end, 4);
    store<i32>(here, path, 8);
    traced++;
  } else plain = false;
  return end;
}

/** Past one value that stands alone, or 0. White space never includes a newline. */
export function readDocument(at: usize, root: usize): usize {
  traced = 0;
  plain = true;
  const first = load<u8>(at);
  if (first != 0x7b && first != 0x5b) return scalar(at, root);

  let depth: u32 = 0;
  let node = root;
  let inObject = false;
  while (true) {
    // At a value.
    const byte = load<u8>(at);
    if (byte == 0x7b || byte == 0x5b) {
      if (depth == MAX_DEPTH) return 0;
      inObject = byte == 0x7b;
      store<u32>(stack + ((<usize>depth) << 3), <u32>node);
      store<u32>(stack + ((<usize>depth) << 3), inObject ? 1 : 0, 4);
      depth++;
      at = skipSpace(at + 1);
      if (load<u8>(at) != byte + 2) {
        if (!inObject) continue;
        at = key(at, node);
        if (at == 0) return 0;
        node = keyed;
        continue;
      }
    } else {
      at = scalar(at, node);
      if (at == 0) return 0;
    }
    // After a value, or at the end of an empty container.
    while (true) {
      at = skipSpace(at);
      const next = load<u8>(at);
      const top = stack + ((<usize>depth - 1) << 3);
      if (next == 0x2c) {
        at = skipSpace(at + 1);
        node = load<u32>(top);
        if (load<u32>(top, 4) != 0) {
          at = key(at, node);
          if (at == 0) return 0;
          node = keyed;
        }
        break;
      }
      if (next != (load<u32>(top, 4) != 0 ? 0x7d : 0x5d)) return 0;
      at++;
      if (--depth == 0) return at;
    }
  }
}

/** The node of the key passed over last. */
let keyed: usize = 0;

/** Past a key, its colon and the space around. */
function key(at: usize, node: usize): usize {
  if (load<u8>(at) != 0x22) return 0;
  const end = skipString(at + 1);
  if (end == 0) return 0;
  keyed = 0;
  if (escaped) {
    askReference();
    plain = false;
  } else if (node != 0) keyed = childOf(node, at + 1, end - 1);
  at = skipSpace(end);
  if (load<u8>(at) != 0x3a) return 0;
  return skipSpace(at + 1);
}
