import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_DEPTH, skipValue } from '../../../lib/core/json/container.ts';
import { jsonFault } from '../../../lib/core/json/fault.ts';
import { JsonReader, TOKEN } from '../../../lib/core/json/reader.ts';
import { skipSpace } from '../../../lib/core/json/scan.ts';
import { damagedJson, strictAccepts } from './oracle.ts';

function scans(bytes: Uint8Array): boolean {
  const at = skipValue(bytes, skipSpace(bytes, 0, bytes.length), bytes.length);
  return at >= 0 && skipSpace(bytes, at, bytes.length) === bytes.length;
}

function reads(bytes: Uint8Array): boolean {
  const reader = new JsonReader();
  reader.open(bytes, 0, bytes.length);
  let token = reader.next();
  while (token > TOKEN.end) token = reader.next();
  return token === TOKEN.end;
}

function agrees(bytes: Uint8Array): void {
  const accepted = strictAccepts(bytes);
  expect(
    scans(bytes),
    `skipValue on ${JSON.stringify(Buffer.from(bytes).toString('latin1'))}`,
  ).toBe(accepted);
  expect(reads(bytes), 'JsonReader').toBe(accepted);
}

describe('the scanner accepts what the strict oracle accepts', () => {
  const texts = [
    '', ' ', '\t\r\n', '{}', '[]', ' {} ', '{"a":1}', '{"a":1,}', '{,}', '{"a"}', '{"a":}', '{a:1}', '{{}}',
    '[1,]', '[,]', '[1 2]', '[1,2', '[', '{', '}', ']', '{]', '[}', '{"a":[}', '1', '-', '-0', '-00', '00', '01',
    '1.', '.5', '1.5', '1e', '1e+', '1e5', '1E-05', '1e400', '+1', '0x1', 'NaN', 'Infinity', '12345678901234567890',
    'true', 'tru', 'truee', 'True', 'false', 'fals', 'null', 'nul', 'nulll', '"', '""', '"a', '"\\"', '"\\a"',
    '"\\u12"', '"\\u12g4"', '"\\u1234"', '"\\ud800"', '"\\ud800\\udc00"', '"\\/\\b\\f\\n\\r\\t\\\\"', '"\t"', '"\n"',
    '"\u007f"', '"\u0000"', '{"__proto__":1}', '{"a":1,"a":2}', '\ufeff{}', '{}\ufeff', '\u00a0{}', '\v{}', '{"a":1}x',
    '"é"', '"𝄞"', '{“a”:1}', '[[[[]]]]', '[{"a":[{}]}]', '{"a" : 1 , "b" :\n[ ] }', '"\\u+123"', '"\\u00-1"', '"\\u\u0010012"',
  ]; // prettier-ignore
  test.each(texts)('%j', (text) => agrees(Buffer.from(text, 'utf8')));

  test.each([
    ['22c322', 'a cut sequence'], ['22c3a922', 'e acute'], ['22c0af22', 'overlong'], ['22eda08022', 'a surrogate'],
    ['22f48fbfbf22', 'the last code point'], ['22f490808022', 'beyond Unicode'], ['22e0808022', 'overlong'],
    ['22f080808022', 'overlong'], ['228022', 'a stray continuation'], ['22ff22', 'ff'], ['22e282', 'cut at the end'],
    ['22f09d849e22', 'four bytes'], ['22e28228', 'a bad third byte'], ['22f09d8428', 'a bad fourth byte'],
  ])('bytes %s, %s', (hex) => agrees(Buffer.from(hex, 'hex'))); // prettier-ignore

  test('any value, written with any spacing', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom('', ' ', '\n', '\t'), (value, space) =>
        agrees(Buffer.from(JSON.stringify(value, null, space))),
      ),
    );
  });

  test('any text with any bytes changed, inserted or taken away', () => {
    fc.assert(
      fc.property(damagedJson(), (bytes) => agrees(bytes)),
      { numRuns: 3000 },
    );
  });

  test('any bytes at all', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 12 }), (bytes) => agrees(bytes)));
  });
});

describe('deep nesting', () => {
  test('a million levels are read without overflow', () => {
    const text = Buffer.from('[{"a":'.repeat(500_000) + '1' + '}]'.repeat(500_000));
    expect(scans(text)).toBe(true);
    expect(reads(text)).toBe(true);
  });

  test('beyond the limit it is a fault with a name', () => {
    const text = Buffer.alloc(MAX_DEPTH + 1, '[');
    const after = skipValue(text, 0, text.length);
    expect(~after).toBe(MAX_DEPTH);
    expect(jsonFault(text, 0, text.length, ~after)).toBe('too-deep');
    expect(reads(text)).toBe(false);
  });
});

test.each([
  ['', 'empty'],
  [' \n', 'empty'],
  ['\ufeff{}', 'byte-order-mark'],
  ['{"a":', 'cut-short'],
  ['{"a', 'cut-short'],
  ['{a:1}', 'not-json'],
  ['{“a”:1}', 'not-json'],
  ['{{', 'not-json'],
  ['{"a\\u00[0":1}', 'not-json'],
  ['["\\{"]', 'not-json'],
])('the fault of %j is named %s', (text, fault) => {
  const bytes = Buffer.from(text);
  const after = skipValue(bytes, skipSpace(bytes, 0, bytes.length), bytes.length);
  expect(jsonFault(bytes, 0, bytes.length, ~after)).toBe(fault);
});

test('invalid UTF-8 is named so', () => {
  const bytes = Buffer.from('7b22ff223a317d', 'hex');
  expect(jsonFault(bytes, 0, bytes.length, ~skipValue(bytes, 0, bytes.length))).toBe(
    'invalid-utf8',
  );
});
