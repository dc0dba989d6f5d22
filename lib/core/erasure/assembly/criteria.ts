// Loads lines of a criteria file that look like the line before, save for one plain value.
import { canonical, escaped, skipNumber, skipString } from './tokens';

const STRING: u32 = 1;
const NUMERIC_STRING: u32 = 4;

let count: u32 = 0;
let entryEnd: usize = 0;

/** Entries made by the last call. */
export function loadedEntries(): u32 {
  return count;
}
/** Where the entries made by the last call end. */
export function loadedTo(): usize {
  return entryEnd;
}

function alike(a: usize, b: usize, length: u32): bool {
  for (let index: usize = 0; index < length; index++) {
    if (load<u8>(a + index) != load<u8>(b + index)) return false;
  }
  return true;
}

/**
 * From `at`, a line's start, to `end`, past a newline: as long as lines are `before`, a plain string's
 * bytes, `after`, makes entries for `path` at `arena`, up to `arenaEnd`. Answers where it stopped.
 */
export function loadSimple(
  at: usize,
  end: usize,
  before: usize,
  beforeLength: u32,
  after: usize,
  afterLength: u32,
  path: u32,
  arena: usize,
  arenaEnd: usize,
): usize {
  count = 0;
  while (at < end) {
    if (!alike(at, before, beforeLength)) break;
    const value = at + beforeLength;
    let valueEnd = skipString(value);
    if (valueEnd == 0 || escaped) break;
    valueEnd--;
    if (!alike(valueEnd, after, afterLength)) break;
    const length = <u32>(valueEnd - value);
    let flags = STRING;
    const byte = <u32>load<u8>(value);
    if (byte == 0x2d || byte - 0x30 <= 9) {
      if (skipNumber(value) == valueEnd) {
        if (!canonical) break;
        flags |= NUMERIC_STRING;
      }
    }
    const size: usize = 8 + ((<usize>length + 7) & ~(<usize>7));
    if (arena + size > arenaEnd) break;
    store<u32>(arena, length);
    store<u16>(arena, <u16>path, 4);
    store<u16>(arena, <u16>flags, 6);
    memory.copy(arena + 8, value, length);
    arena += size;
    count++;
    at = valueEnd + afterLength;
  }
  entryEnd = arena;
  return at;
}
