import type { Kind } from './kinds.ts';
import { contactsWithin } from './values/contact.ts';

const LONGEST = 24;

/**
 * A value as an example shows it: enough to know the kind, never the whole. Nothing but letters,
 * digits and plain punctuation comes out, whatever went in.
 */
export function maskValue(kind: Kind, text: string): string {
  switch (kind) {
    case 'email':
      return maskEmail(text);
    case 'name':
    case 'address':
      return maskWord(text);
    case 'birth-date':
      return maskAll(text);
    case 'coordinates':
      return maskAll(text);
    case 'ip-address':
      return text.includes(':') ? '****:***' : '***.***.***.***';
    case 'user-agent':
      return '***/*** (***)';
    case 'free-text':
      return contactsWithin(text)
        .slice(0, 2)
        .map((found) => `… ${maskValue(found.kind, found.text)} …`)
        .join(' ');
    default:
      return maskNumber(text);
  }
}

function maskEmail(text: string): string {
  const at = text.lastIndexOf('@');
  const domain = text.slice(at + 1);
  const dot = domain.lastIndexOf('.');
  const top =
    at > 0 && dot > 0 && /^\p{L}{2,24}$/u.test(domain.slice(dot + 1))
      ? domain.slice(dot + 1)
      : '***';
  return `${maskWord(text.slice(0, at))}@${maskWord(domain.slice(0, dot))}.${top}`;
}

/** `a***`; of one or two letters none is shown. */
function maskWord(text: string): string {
  return text.length > 2 ? `${initial(text)}***` : '***';
}

function initial(text: string): string {
  const first = String.fromCodePoint(text.codePointAt(0) ?? 0x2a);
  return /[\p{L}\p{N}]/u.test(first) ? first : '*';
}

/** `*****1104`: the last four of nine and more, the last two of six and more. */
function maskNumber(text: string): string {
  const length = [...text.matchAll(/[\p{L}\p{N}]/gu)].length;
  const shown = length >= 9 ? 4 : length >= 6 ? 2 : 0;
  let hidden = length - shown;
  const masked = text.replaceAll(/./gsu, (char) => {
    if (/[ ./-]/.test(char)) return char;
    if (!/[\p{L}\p{N}]/u.test(char)) return '*';
    return hidden-- > 0 ? '*' : char;
  });
  return masked.length > LONGEST ? `***${masked.slice(-8)}` : masked;
}

function maskAll(text: string): string {
  return text.slice(0, LONGEST).replaceAll(/[^ ./:-]/gu, '*');
}
