import { Buffer } from 'node:buffer';

/** The text of UTF-8 bytes; undefined when they are no valid UTF-8, which no criterion equals. */
export function exactText(bytes: Buffer, from: number, to: number): string | undefined {
  const text = bytes.toString('utf8', from, to);
  // An invalid byte reads as U+FFFD, and may be U+FFFD itself.
  if (!text.includes('\ufffd')) return text;
  return bytes.subarray(from, to).equals(Buffer.from(text)) ? text : undefined;
}
