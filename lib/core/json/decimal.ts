/**
 * The exact value of a JSON number as one text that all its writings share: `1.50`, `15e-1` and
 * `1.5` are `15e-1`; `-0.0` is `0`. No rounding, whatever the size.
 * The form is sign, digits without zeros at either end, `e`, exponent; or `0`.
 */
export function canonicalDecimal(written: string): string | undefined {
  const parts = NUMBER.exec(written);
  if (parts === null) return undefined;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = parts;
  const digits = trimZeros(whole + fraction);
  if (digits.text === '') return '0';
  return `${sign}${digits.text}e${addExponent(exponent, digits.dropped - fraction.length)}`;
}

/** {@link canonicalDecimal} of a scanned number in its bytes. */
export function decimalOfSpan(bytes: Uint8Array, start: number, end: number): string {
  let written = '';
  // Numbers are short and ASCII; a very long one is joined in pieces that fit the argument limit.
  for (let at = start; at < end; at += 4096) {
    written += String.fromCharCode(...bytes.subarray(at, Math.min(end, at + 4096)));
  }
  const canonical = canonicalDecimal(written);
  if (canonical === undefined) throw new TypeError('the span holds no JSON number');
  return canonical;
}

/** RFC 8259, section 6. */
const NUMBER = /^(-?)(0|[1-9][0-9]*)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]+))?$/;

/** Without zeros at either end, and how many were taken from the right. */
function trimZeros(digits: string): { text: string; dropped: number } {
  let from = 0;
  while (from < digits.length && digits.charCodeAt(from) === 0x30) from++;
  let to = digits.length;
  while (to > from && digits.charCodeAt(to - 1) === 0x30) to--;
  return { text: digits.slice(from, to), dropped: digits.length - to };
}

function addExponent(exponent: string, shift: number): string {
  // Up to 15 digits a double is exact; what is longer is somebody's jest, and still read exactly.
  return exponent.length <= 15
    ? String(Number(exponent) + shift)
    : String(BigInt(exponent.replace('+', '')) + BigInt(shift));
}
