import { skipKey, skipScalar, skipSpace, skipString } from './scan.ts';

/**
 * Deepest nesting that is read. A valid text needs two bytes a level, so that no record below 2 MiB
 * can reach it; it only bounds the memory of the stack (one bit a level, 128 KiB).
 */
export const MAX_DEPTH = 1 << 20;

/** 1 for each enclosing object, 0 for each enclosing array; grows to MAX_DEPTH bits. */
let enclosing = new Uint32Array(64);

/** Past one value of any kind, checked fully; `at` is its first byte. Answers as scan.ts does. */
export function skipValue(bytes: Uint8Array, at: number, end: number): number {
  const byte = at < end ? bytes[at]! : -1;
  if (byte === 0x22) return skipString(bytes, at, end);
  if (byte === 0x7b || byte === 0x5b) return skipContainer(bytes, at, end, 0);
  return skipScalar(bytes, at, end);
}

/** Past an object or array; `depth` is how many containers enclose it. */
export function skipContainer(bytes: Uint8Array, at: number, end: number, depth: number): number {
  const outermost = depth;
  let inObject = false;
  while (true) {
    const byte = at < end ? bytes[at]! : -1;
    if (byte === 0x7b || byte === 0x5b) {
      if (depth === MAX_DEPTH) return ~at;
      inObject = byte === 0x7b;
      pushEnclosing(depth++, inObject);
      at = skipSpace(bytes, at + 1, end);
      if (at < end && bytes[at] === byte + 2) {
        // Empty: fall through to its closing bracket below.
      } else {
        if (inObject) at = skipKey(bytes, at, end);
        if (at < 0) return at;
        continue;
      }
    } else {
      at = byte === 0x22 ? skipString(bytes, at, end) : skipScalar(bytes, at, end);
      if (at < 0) return at;
    }
    // After a value, or at the end of an empty container.
    while (true) {
      at = skipSpace(bytes, at, end);
      if (at >= end) return ~end;
      const next = bytes[at]!;
      if (next === 0x2c) {
        at = skipSpace(bytes, at + 1, end);
        if (inObject) at = skipKey(bytes, at, end);
        if (at < 0) return at;
        break;
      }
      if (next !== (inObject ? 0x7d : 0x5d)) return ~at;
      at++;
      if (--depth === outermost) return at;
      inObject = isObjectAt(depth - 1);
    }
  }
}

function pushEnclosing(depth: number, isObject: boolean): void {
  const word = depth >>> 5;
  if (word >= enclosing.length) {
    const wider = new Uint32Array(enclosing.length * 2);
    wider.set(enclosing);
    enclosing = wider;
  }
  const bit = 1 << (depth & 31);
  enclosing[word] = isObject ? enclosing[word]! | bit : enclosing[word]! & ~bit;
}

function isObjectAt(depth: number): boolean {
  return (enclosing[depth >>> 5]! & (1 << (depth & 31))) !== 0;
}
