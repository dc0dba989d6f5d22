import { parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js/min';

const LOCAL = "[\\p{L}\\p{N}.!#$%&'*+/=?^_`{|}~-]{1,64}";
const DOMAIN = '(?:[\\p{L}\\p{N}](?:[\\p{L}\\p{N}-]{0,61}[\\p{L}\\p{N}])?\\.){1,8}\\p{L}{2,24}';
const EMAIL = new RegExp(`^${LOCAL}@${DOMAIN}$`, 'u');
/** In a text a local part begins and ends soberly, so that punctuation is none of it. */
const EMAIL_WITHIN = new RegExp(
  `[\\p{L}\\p{N}_](?:[\\p{L}\\p{N}._%+-]{0,62}[\\p{L}\\p{N}_+-])?@${DOMAIN}`,
  'gu',
);
/** `icon@2x.png` is a picture, and nobody is behind these mailboxes. */
const NO_PERSON = /\.(png|jpe?g|gif|svg|webp)$|^(no-?reply|git|mailer-daemon|postmaster)@/i;

export function isEmail(text: string): boolean {
  return text.length <= 254 && EMAIL.test(text) && !NO_PERSON.test(text);
}

const PHONE_WITHIN = /(?<![\p{L}\p{N}])\+[1-9](?:[ ().-]{0,2}\d){6,14}(?!\p{N})/gu;

/** Longest text that is searched; a longer one is searched at its beginning. */
const SEARCHED = 20_000;

/** E-mail addresses, and phone numbers in international writing, within a text. */
export function contactsWithin(text: string): { kind: 'email' | 'phone'; text: string }[] {
  const part = decoded(text.slice(0, SEARCHED));
  const found: { kind: 'email' | 'phone'; text: string }[] = [];
  if (part.includes('@')) {
    for (const [match] of part.matchAll(EMAIL_WITHIN)) {
      if (!NO_PERSON.test(match)) found.push({ kind: 'email', text: match });
    }
  }
  if (part.includes('+')) {
    for (const [match] of part.matchAll(PHONE_WITHIN)) {
      if (isInternationalPhone(match)) found.push({ kind: 'phone', text: match });
    }
  }
  return found;
}

/** A query string writes `@` as %40. */
function decoded(text: string): string {
  return text.includes('%40') || text.includes('%2B')
    ? text.replaceAll('%40', '@').replaceAll('%2B', '+')
    : text;
}

/** E.164, with or without separators, of a numbering plan that exists. */
export function isInternationalPhone(text: string): boolean {
  if (!/^(\+|00)[1-9][\d ().-]{6,22}$/.test(text)) return false;
  return parsePhoneNumberFromString(text.replace(/^00/, '+'))?.isValid() === true;
}

/** Whose national writings are known without a hint. */
const REGIONS: readonly CountryCode[] = [
  'US',
  'GB',
  'DE',
  'FR',
  'ES',
  'IT',
  'NL',
  'PL',
  'SE',
  'BR',
];

/**
 * A national number as people write it, with separators. Dates, dotted addresses and SSNs are none.
 */
export function isNationalPhone(text: string): boolean {
  const form = /^(\(\d{2,5}\) ?|0\d{1,4}[ /-]|[2-9]\d{2}[-. ]\d{3}[-. ])[\d -]{4,10}( ?x\d{1,5})?$/;
  if (!form.test(text) || /^\d{2}[-/]\d{2}[-/]/.test(text)) return false;
  return REGIONS.some((region) => parsePhoneNumberFromString(text, region)?.isValid() === true);
}

/** What could be a phone number, if its key says so. */
export function isPhoneLike(text: string): boolean {
  const digits = text.replaceAll(/\D/g, '').length;
  return digits >= 6 && digits <= 17 && /^[+(]?[\d ()./x-]+$/.test(text);
}
