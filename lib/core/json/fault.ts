import { MAX_DEPTH } from './container.ts';
import { skipSequence, skipSpace, skipString } from './scan.ts';

/** Why a text is no JSON; words that hold none of it. */
export type JsonFault =
  'empty' | 'byte-order-mark' | 'invalid-utf8' | 'cut-short' | 'too-deep' | 'not-json';

/** Puts a word to a fault that a scan of `bytes[start, end)` met at `offset`. For the cold path. */
export function jsonFault(
  bytes: Uint8Array,
  start: number,
  end: number,
  offset: number,
): JsonFault {
  const first = skipSpace(bytes, start, end);
  if (first === end) return 'empty';
  if (offset >= end) return 'cut-short';
  const byte = bytes[offset]!;
  if (byte >= 0x80) {
    if (skipSequence(bytes, offset, end) < 0) return 'invalid-utf8';
    const isMark = byte === 0xef && bytes[offset + 1] === 0xbb && bytes[offset + 2] === 0xbf;
    return isMark && offset === first ? 'byte-order-mark' : 'not-json';
  }
  const opens = byte === 0x7b || byte === 0x5b;
  return opens && nestingAt(bytes, start, offset) >= MAX_DEPTH ? 'too-deep' : 'not-json';
}

function nestingAt(bytes: Uint8Array, start: number, offset: number): number {
  let depth = 0;
  for (let at = start; at < offset; at++) {
    const byte = bytes[at];
    if (byte === 0x22) {
      const after = skipString(bytes, at, offset);
      // The fault lies within a string: no bracket of the structure.
      if (after < 0) return 0;
      at = after - 1;
    }
    if (byte === 0x7b || byte === 0x5b) depth++;
    else if (byte === 0x7d || byte === 0x5d) depth--;
  }
  return depth;
}
