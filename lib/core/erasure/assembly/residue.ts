// Searches rows for the texts of criteria anywhere in them, by a rolling hash for each length of text.
import { beginRow, matchRow } from './probe';
import { beginRows, countLine, countRow, pastNewline, roomForEvent, settleRows } from './rows';
import { find } from './table';
import { skipSpace } from './tokens';

const BASE: u64 = 0x100000001b3;
const STRING: u32 = 1 | 16;
/** Shorter texts turn up everywhere; longer ones are seldom typed. */
const SHORTEST: u32 = 6;
const LONGEST: u32 = 255;

/** A byte for each length, 1 when some text has it. */
let lengths: usize = 0;
/** A bit for each hash. */
let bitmap: usize = 0;
let shift: u64 = 0;
let paths: u32 = 0;

/** `lengthsAt` holds 256 bytes, `bitmapAt` 2^bits bits; both zero at first. */
export function useResidue(lengthsAt: usize, bitmapAt: usize, bits: u32, pathCount: u32): void {
  lengths = lengthsAt;
  bitmap = bitmapAt;
  shift = 64 - bits;
  paths = pathCount;
}

// @ts-ignore: decorator
@inline
function slotOf(hash: u64, length: u32): u64 {
  return ((hash ^ length) * 0x9e3779b97f4a7c15) >> shift;
}

/** Notes the texts among the entries in [from, to); answers how many are too short or too long. */
export function noteTexts(from: usize, to: usize): u32 {
  let left: u32 = 0;
  let entry = from;
  while (entry < to) {
    const length = load<u32>(entry);
    if ((load<u8>(entry, 6) & STRING) != 0 && <u32>load<u16>(entry, 4) < paths) {
      if (length < SHORTEST || length > LONGEST) left++;
      else {
        let hash: u64 = 0;
        for (let index: usize = 0; index < length; index++) {
          hash = hash * BASE + load<u8>(entry + 8 + index);
        }
        const slot = slotOf(hash, length);
        const at = bitmap + <usize>(slot >> 3);
        store<u8>(at, <u8>(<u32>load<u8>(at) | (1 << <u32>(slot & 7))));
        store<u8>(lengths + length, 1);
      }
    }
    entry += 8 + ((<usize>length + 7) & ~(<usize>7));
  }
  return left;
}

/** As scanJsonRows; an event tells of a row that holds a text. */
export function scanResidueRows(at: usize, end: usize): usize {
  beginRows();
  while (at < end && roomForEvent()) {
    countLine();
    const start = at;
    at = pastNewline(start);
    if (load<u8>(skipSpace(start)) == 0x0a) continue;
    beginRow();
    for (let length = SHORTEST; length <= LONGEST; length++) {
      if (load<u8>(lengths + length) != 0 && holdsText(start, at - 1, length)) {
        matchRow();
        break;
      }
    }
    countRow(start, at);
  }
  settleRows();
  return at;
}

function holdsText(at: usize, end: usize, length: u32): bool {
  if (end - at < length) return false;
  let hash: u64 = 0;
  let power: u64 = 1;
  for (let index: usize = 0; index < length; index++) {
    hash = hash * BASE + load<u8>(at + index);
    power *= BASE;
  }
  while (true) {
    const slot = slotOf(hash, length);
    if ((<u32>load<u8>(bitmap + <usize>(slot >> 3)) & (1 << <u32>(slot & 7))) != 0) {
      for (let path: u32 = 0; path < paths; path++) {
        const entry = find(path, at, length);
        if (entry != 0 && (load<u8>(entry, 6) & STRING) != 0) return true;
      }
    }
    if (at + length == end) return false;
    hash = hash * BASE + load<u8>(at + length) - load<u8>(at) * power;
    at++;
  }
  return false;
}
