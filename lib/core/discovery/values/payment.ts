import { passesLuhn } from './checksums.ts';

/** Issuer ranges with their lengths: Amex, Visa, Mastercard, Discover, Diners, JCB, UnionPay. */
const ISSUERS =
  /^(3[47]\d{13}|4\d{12}(\d{3}(\d{3})?)?|5[1-5]\d{14}|2(22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|6(011|5\d\d|4[4-9]\d)\d{12}|3(0[0-5]|[68]\d)\d{11}|35(2[89]|[3-8]\d)\d{12}|62\d{14,17})$/;

export function isCard(text: string): boolean {
  if (!/^\d{13,19}$|^\d{4}([ -])\d{4}\1\d{4}\1\d{4}$|^\d{4}([ -])\d{6}\2\d{4,5}$/.test(text)) {
    return false;
  }
  const digits = text.replaceAll(/[ -]/g, '');
  return ISSUERS.test(digits) && passesLuhn(digits);
}

/** Lengths of the IBAN registry (ISO 13616), by country. */
const LENGTHS = new Map(
  (
    'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 ' +
    'EE20 EG29 ES24 FI18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 ' +
    'IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MR27 MT31 MU30 ' +
    'NL18 NO15 PK24 PL28 PS29 PT25 QA29 RO24 RS22 SA24 SC31 SE24 SI19 SK24 SM27 ST25 SV28 TL23 ' +
    'TN24 TR26 UA29 VA22 VG24 XK20'
  )
    .split(' ')
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
);

/** ISO 13616: the country's length, and the rest of 97 is 1 (ISO 7064 MOD 97-10). */
export function isIban(text: string): boolean {
  const written = text.replaceAll(' ', '').toUpperCase();
  if (!/^[A-Z]{2}\d{2}[A-Z\d]+$/.test(written)) return false;
  if (LENGTHS.get(written.slice(0, 2)) !== written.length) return false;
  let rest = 0;
  for (const char of written.slice(4) + written.slice(0, 4)) {
    const value = parseInt(char, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1;
}
