import { isDay, passesLuhn, weighted } from './checksums.ts';

/** US SSN: no area 000, 666 or 9xx, no group 00, no serial 0000 (SSA, POMS RM 10201.035). */
export function isSsn(text: string): boolean {
  return /^(?!000|666|9)\d{3}([- ]?)(?!00)\d{2}\1(?!0000)\d{4}$/.test(text);
}

/** NL BSN: nine digits, the 11-test with -1 for the last. */
export function isBsn(text: string): boolean {
  if (!/^\d{9}$/.test(text) || /^(\d)\1*$/.test(text)) return false;
  return weighted(text, [9, 8, 7, 6, 5, 4, 3, 2, -1]) % 11 === 0;
}

/** DE Steuer-ID: in the first ten digits one occurs twice or thrice; ISO 7064 MOD 11,10. */
export function isSteuerId(text: string): boolean {
  const digits = text.replaceAll(' ', '');
  if (!/^[1-9]\d{10}$/.test(digits)) return false;
  const counts = new Map<string, number>();
  for (const digit of digits.slice(0, 10)) counts.set(digit, (counts.get(digit) ?? 0) + 1);
  const repeated = [...counts.values()].filter((count) => count > 1);
  if (repeated.length !== 1 || repeated[0]! > 3) return false;
  let product = 10;
  for (const digit of digits.slice(0, 10)) {
    const sum = (Number(digit) + product) % 10;
    product = ((sum === 0 ? 10 : sum) * 2) % 11;
  }
  return (11 - product) % 10 === Number(digits[10]);
}

/** FR NIR: sex, year, month, department (2A and 2B for Corsica), commune, order, key of 97. */
export function isNir(text: string): boolean {
  const written = text.replaceAll(' ', '').toUpperCase();
  if (!/^[12378]\d{2}(0[1-9]|1[0-2]|[23]\d|4[0-2]|[5-9]\d)(\d{2}|2[AB])\d{8}$/.test(written)) {
    return false;
  }
  const digits = written.replace('2A', '19').replace('2B', '18');
  return 97 - (Number(digits.slice(0, 13)) % 97) === Number(digits.slice(13));
}

/** ES DNI (eight digits) and NIE (X, Y or Z and seven): the letter is the rest of 23. */
export function isDni(text: string): boolean {
  const written = text.replaceAll(/[- ]/g, '').toUpperCase();
  if (!/^[XYZ\d]\d{7}[A-Z]$/.test(written)) return false;
  const head = written[0]!;
  const first = 'XYZ'.includes(head) ? String('XYZ'.indexOf(head)) : head;
  return 'TRWAGMYFPDXBNJZSQVHLCKE'[Number(first + written.slice(1, 8)) % 23] === written[8];
}

/** UK NINO: prefixes that are given out, six digits, suffix A to D (HMRC, NIM39110). No checksum. */
export function isNino(text: string): boolean {
  const written = text.replaceAll(' ', '').toUpperCase();
  return /^(?!BG|GB|KN|NK|NT|TN|ZZ)[ABCEGHJ-PRSTW-Z][ABCEGHJ-NPRSTW-Z]\d{6}[A-D]$/.test(written);
}

/** Values at odd places (from 1) of a codice fiscale; letters A to Z, digits as A to J. */
const CF_ODD = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22];
const CF_ODD_VALUES = [...CF_ODD, 25, 24, 23];

/** IT codice fiscale, with the check letter of D.M. 23/12/1976; omocodia letters stand for digits. */
export function isCodiceFiscale(text: string): boolean {
  const written = text.toUpperCase();
  const digit = '[\\dLMNP-V]';
  const form = `^[A-Z]{6}${digit}{2}[ABCDEHLMPRST]${digit}{2}[A-Z]${digit}{3}[A-Z]$`;
  if (!new RegExp(form).test(written)) return false;
  let sum = 0;
  for (let at = 0; at < 15; at++) {
    const code = written.charCodeAt(at);
    const value = code < 65 ? code - 48 : code - 65;
    sum += at % 2 === 0 ? CF_ODD_VALUES[value]! : value;
  }
  return sum % 26 === written.charCodeAt(15) - 65;
}

/** PL PESEL: birth date with the century in the month, weights 1379 to a multiple of ten. */
export function isPesel(text: string): boolean {
  if (!/^\d{11}$/.test(text)) return false;
  const month = Number(text.slice(2, 4));
  const century = [1900, 2000, 2100, 2200, 1800][Math.floor(month / 20)]!;
  const year = century + Number(text.slice(0, 2));
  if (!isDay(year, month % 20, Number(text.slice(4, 6)))) return false;
  return weighted(text, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]) % 10 === 0;
}

/** SE personnummer: birth date (day + 60 for a samordningsnummer), serial, Luhn. */
export function isPersonnummer(text: string): boolean {
  const match = /^(19|20)?(\d{2})(\d{2})(\d{2})[-+]?(\d{4})$/.exec(text);
  if (match === null) return false;
  const [, century = '19', year, month, day, serial] = match;
  const dayOfMonth = Number(day) > 60 ? Number(day) - 60 : Number(day);
  // Without a century 29 February is taken for one that is.
  const fullYear = match[1] === undefined ? Number(year) : Number(century + year!);
  if (!isDay(fullYear, Number(month), dayOfMonth)) return false;
  return passesLuhn(`${year!}${month!}${day!}${serial!}`);
}

/** BR CPF: two check digits of 11. */
export function isCpf(text: string): boolean {
  if (!/^(\d{11}|\d{3}\.\d{3}\.\d{3}-\d{2})$/.test(text)) return false;
  const digits = text.replaceAll(/\D/g, '');
  if (/^(\d)\1*$/.test(digits)) return false;
  const check = (length: number): boolean => {
    const weights = Array.from({ length }, (_, at) => length + 1 - at);
    return ((weighted(digits, weights) * 10) % 11) % 10 === Number(digits[length]);
  };
  return check(9) && check(10);
}
