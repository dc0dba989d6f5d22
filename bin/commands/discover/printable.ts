import { contactsWithin } from '../../../lib/core/discovery/values/contact.ts';
import { maskValue } from '../../../lib/core/discovery/mask.ts';

const LONGEST = 80;

/**
 * Control, format and other unseen characters escaped, so that they can't move the cursor or turn the
 * text around.
 */
export function escapeUnseen(text: string): string {
  return text.replaceAll(
    /[\p{C}\p{Zl}\p{Zp}]/gu,
    (char) => `\\u{${char.codePointAt(0)!.toString(16)}}`,
  );
}

/** A key or a file's name as a terminal may show it; what is long is cut. */
export function printable(text: string): string {
  const escaped = escapeUnseen(text);
  return escaped.length > LONGEST ? `${escaped.slice(0, LONGEST - 1)}…` : escaped;
}

/** A file's name without the addresses that it may hold. */
export function maskedName(key: string): string {
  let masked = key;
  for (const { kind, text } of contactsWithin(key)) {
    masked = masked.replaceAll(text, maskValue(kind, text));
  }
  return masked;
}
