import type { Kind } from '../kinds.ts';
import { isEmail, isPhoneLike } from './contact.ts';
import { birthYear } from './dates.ts';
import { isIpv4, isIpv6, isMac } from './network.ts';

/** Whether a value can be what its key promises, though its form alone would not show it. */
export function isPlausible(
  kind: Kind,
  text: string,
  isNumber: boolean,
  thisYear: number,
): boolean {
  switch (kind) {
    case 'name':
      // A single word in small letters is a code oftener than a name.
      return (
        !isNumber && /^\p{L}[\p{L}\p{M}'’. ,-]{0,79}$/u.test(text) && !/^[a-z]+(_|$)/.test(text)
      );
    case 'email':
      return isEmail(text);
    case 'phone':
      return isPhoneLike(text);
    case 'birth-date':
      return birthYear(text, thisYear) !== undefined;
    case 'address':
      return (
        text.length <= 200 && /[\p{L}\d]{2}/u.test(text) && !/[/{}<>@=_]|^\d+\.\d+$/.test(text)
      );
    case 'coordinates':
      return /^-?(1[0-7]\d|\d?\d)\.\d+$/.test(text);
    case 'ip-address':
      return isIpv4(text) || isIpv6(text);
    case 'mac-address':
      return isMac(text);
    case 'user-agent':
      return /\/\d/.test(text);
    case 'card':
      return /^[\d -]{13,23}$/.test(text);
    case 'iban':
      return /^[A-Z]{2}\d{2}[A-Z\d ]{11,34}$/i.test(text);
    case 'free-text':
      return false;
    default:
      // National ids: five to twenty signs, mostly digits. A random or hashed id is longer.
      return /^(?=(?:.*\d){5})[A-Z\d][A-Z\d ./-]{4,19}$/i.test(text);
  }
}
