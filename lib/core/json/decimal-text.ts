import { canonicalDecimal } from './decimal.ts';

/** As in erasure/assembly/tokens.ts: integers up to so many digits are written out. */
const PLAIN_DIGITS = 40;
const PLAIN = /^(?:0|-?[1-9][0-9]{0,39})$/;
const FORM = /^(-?)([0-9]+)e([0-9]+)$/;

/**
 * One text for all writings of a JSON number: the integer itself up to 40 digits, else
 * `canonicalDecimal`. `1e2` is `100`, `1.50` is `15e-1`. Undefined when `written` is no JSON number.
 * That most identifiers are their own text is what lets the scanner compare them as bytes.
 */
export function decimalText(written: string): string | undefined {
  if (PLAIN.test(written)) return written;
  const canonical = canonicalDecimal(written);
  if (canonical === undefined || canonical === '0') return canonical;
  const parts = FORM.exec(canonical);
  if (parts === null) return canonical;
  const [, sign, digits = '', exponent = ''] = parts;
  const zeros = Number(exponent);
  if (digits.length + zeros > PLAIN_DIGITS) return canonical;
  return `${sign}${digits}${'0'.repeat(zeros)}`;
}
