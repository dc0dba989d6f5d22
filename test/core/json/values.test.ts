import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalDecimal, decimalOfSpan } from '../../../lib/core/json/decimal.ts';
import { JsonReader, TOKEN, type Token } from '../../../lib/core/json/reader.ts';
import { decodeString, soughtText, stringEquals } from '../../../lib/core/json/text.ts';

/** Writes a text as a JSON string in which any code unit may be escaped. */
const writings = fc
  .tuple(fc.string({ unit: 'binary' }), fc.infiniteStream(fc.boolean()))
  .map(([text, escapes]) => {
    let written = '';
    for (const char of text) {
      const plain = JSON.stringify(char).slice(1, -1);
      const units = Array.from(char, (_, at) => char.charCodeAt(at));
      const escape = escapes.next().value as boolean;
      written += escape
        ? units.map((_, at) => `\\u${char.charCodeAt(at).toString(16).padStart(4, '0')}`).join('')
        : plain;
    }
    return { text: JSON.parse(`"${written}"`) as string, written: `"${written}"` };
  });

test('a string is found by its text, however it is escaped', () => {
  fc.assert(
    fc.property(writings, fc.string(), ({ text, written }, other) => {
      const bytes = Buffer.from(`x${written}y`);
      const span = [1, bytes.length - 1] as const;
      expect(decodeString(bytes, ...span)).toBe(text);
      expect(stringEquals(bytes, ...span, soughtText(text))).toBe(true);
      expect(stringEquals(bytes, ...span, soughtText(other))).toBe(other === text);
      expect(stringEquals(bytes, ...span, soughtText(`${text}\\`))).toBe(false);
    }),
  );
});

test('a lone surrogate is found by itself and not by the replacement character', () => {
  const bytes = Buffer.from('"\\ud800"');
  expect(stringEquals(bytes, 0, bytes.length, soughtText('\ud800'))).toBe(true);
  expect(stringEquals(bytes, 0, bytes.length, soughtText('\ufffd'))).toBe(false);
  const replacement = Buffer.from('"\ufffd"');
  expect(stringEquals(replacement, 0, replacement.length, soughtText('\ud800'))).toBe(false);
});

test.each([
  ['1.50', '15e-1'], ['15e-1', '15e-1'], ['1.5', '15e-1'], ['100', '1e2'], ['1E+2', '1e2'], ['0', '0'], ['-0.00e7', '0'],
  ['-120', '-12e1'], ['1e400', '1e400'], ['9007199254740993', '9007199254740993e0'], ['0.001', '1e-3'],
  ['1e99999999999999999999', '1e99999999999999999999'], ['1.0e-99999999999999999999', '1e-99999999999999999999'],
  ['1.5e+99999999999999999999', '15e99999999999999999998'],
])('the number %s has the exact value %s', (written, canonical) => {
  expect(canonicalDecimal(written)).toBe(canonical);
  const bytes = Buffer.from(`[${written}]`);
  expect(decimalOfSpan(bytes, 1, bytes.length - 1)).toBe(canonical);
}); // prettier-ignore

test.each(['', ' 1', '01', '1.', '+1', '1e', 'x', '0x10', '١'])('%j is no JSON number', (text) => {
  expect(canonicalDecimal(text)).toBeUndefined();
});

test('integers and fractions keep their exact value', () => {
  fc.assert(
    fc.property(fc.bigInt(), fc.nat({ max: 40 }), (value, scale) => {
      const canonical = canonicalDecimal(String(value));
      expect(canonicalDecimal(`${value}e0`)).toBe(canonical);
      const shifted = `${value}${'0'.repeat(scale)}e-${scale}`;
      if (value !== 0n) expect(canonicalDecimal(shifted)).toBe(canonical);
    }),
  );
});

test('the reader tells keys from strings, and passes over what is not wanted', () => {
  const text = '{"a":{"b":[1,{"c":"d"}]},"e":[true,false,null],"f":-1.5}';
  const bytes = Buffer.from(text);
  const reader = new JsonReader();
  reader.open(bytes, 0, bytes.length);
  const seen: [Token, string][] = [];
  for (let token = reader.next(); token > TOKEN.end; token = reader.next()) {
    if (token === TOKEN.key && bytes[reader.start + 1] === 0x61) expect(reader.skip()).toBe(true);
    if (token === TOKEN.openArray) expect(reader.skip()).toBe(true);
    seen.push([token, text.slice(reader.start, reader.end)]);
  }
  expect(seen).toEqual([
    [TOKEN.openObject, '{'],
    [TOKEN.key, '{"b":[1,{"c":"d"}]}'],
    [TOKEN.key, '"e"'],
    [TOKEN.openArray, '[true,false,null]'],
    [TOKEN.key, '"f"'],
    [TOKEN.number, '-1.5'],
    [TOKEN.closeObject, '}'],
  ]);
  expect(reader.depth).toBe(0);
});

test('a fault inside of what is passed over stays a fault', () => {
  const bytes = Buffer.from('[{"a":[1,}]}]');
  const reader = new JsonReader();
  reader.open(bytes, 0, bytes.length);
  reader.next();
  reader.next();
  expect(reader.skip()).toBe(false);
  expect(reader.start).toBe(9);
  expect(reader.next()).toBe(TOKEN.fault);
});
