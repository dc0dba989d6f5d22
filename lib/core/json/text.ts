import { Buffer } from 'node:buffer';

/** A text made ready to be found among strings as JSON writes them. */
export interface SoughtText {
  readonly text: string;
  readonly utf8: Uint8Array;
  /** False when it holds a lone surrogate, which only an escape can write. */
  readonly wellFormed: boolean;
}

export function soughtText(text: string): SoughtText {
  const utf8 = Buffer.from(text, 'utf8');
  return { text, utf8, wellFormed: utf8.toString('utf8') === text };
}

/**
 * Whether the string from `start` (its opening quote) to `end` (past its closing quote) decodes to
 * `sought`, however it is escaped. The string must have been scanned. Allocates only when escapes
 * could make a match.
 */
export function stringEquals(
  bytes: Uint8Array,
  start: number,
  end: number,
  sought: SoughtText,
): boolean {
  const { utf8 } = sought;
  const length = end - start - 2;
  // An escape is always longer than the UTF-8 of what it stands for: equal lengths mean no escape.
  if (length < utf8.length) return false;
  if (length === utf8.length) {
    if (!sought.wellFormed) return false;
    for (let index = 0; index < length; index++) {
      const byte = utf8[index]!;
      if (bytes[start + 1 + index] !== byte || byte === 0x5c) return false;
    }
    return true;
  }
  return hasEscape(bytes, start, end) && decodeString(bytes, start, end) === sought.text;
}

/** Whether a scanned string holds a backslash, hence reads otherwise than it is written. */
function hasEscape(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at] === 0x5c) return true;
  return false;
}

/** The text of a scanned string, quotes included in the span, as JSON.parse reads it. */
export function decodeString(bytes: Uint8Array, start: number, end: number): string {
  const written = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start);
  return JSON.parse(written.toString('utf8')) as string;
}
