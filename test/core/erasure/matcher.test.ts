import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { decimalText } from '../../../lib/core/json/decimal-text.ts';
import type { Hit, TypedValue } from '../../../lib/core/erasure/matcher.ts';
import { matcherOf } from './archive-bytes.ts';

const text = (value: string): TypedValue => ({ kind: 'string', text: value });
const number = (decimal: string): TypedValue => ({ kind: 'number', decimal });
const hit = (line: string, value: TypedValue, options = {}) =>
  matcherOf([line], options).probe(0, value)?.alone === true;

describe('comparison is typed and exact', () => {
  test.each<[string, TypedValue, boolean]>([
    ['"12345"', text('12345'), true],
    ['"12345"', number('12345'), true],
    ['"12345"', number('1.2345e4'), true],
    ['"12345"', number('12345.000'), true],
    ['12345', text('12345'), true],
    ['12345', text('12345.0'), true],
    ['12345', text('012345'), false],
    ['12345', text(' 12345'), false],
    ['"012345"', number('12345'), false],
    ['"1.50"', number('1.5'), true],
    ['"1.50"', text('1.5'), false],
    ['1.5', text('1.50'), true],
    ['1e2', number('100'), true],
    ['1E+2', text('100'), true],
    ['9007199254740993', number('9007199254740993'), true],
    ['9007199254740993', number('9007199254740992'), false],
    ['"9007199254740993"', number('9007199254740992'), false],
    ['-0', number('0'), true],
    ['0', text('0'), true],
    ['0', { kind: 'boolean', value: false }, false],
    ['""', text(''), true],
    ['false', { kind: 'boolean', value: false }, true],
    ['false', text('false'), false],
    ['"true"', { kind: 'boolean', value: true }, false],
    ['true', number('1'), false],
    ['"Ann"', text('ann'), false],
    ['"\\ud800"', text('\ufffd'), false],
    ['"\\ud800"', text('\ud800'), true],
  ])('criterion %s and value %j: %s', (criterion, value, expected) => {
    expect(hit(`{"match":{"a":${criterion}}}`, value)).toBe(expected);
  });

  test('strict types turn the crossing off', () => {
    const strict = { strictTypes: true };
    expect(hit('{"match":{"a":"1"}}', number('1'), strict)).toBe(false);
    expect(hit('{"match":{"a":1}}', text('1'), strict)).toBe(false);
    expect(hit('{"match":{"a":1}}', number('1.0'), strict)).toBe(true);
    expect(hit('{"match":{"a":"1"}}', text('1'), strict)).toBe(true);
  });

  test('floats compare with the criterion rounded to their width', () => {
    const matcher = matcherOf([{ match: { a: 0.1 } }, { match: { a: '16777217' } }]);
    expect(matcher.probe(0, { kind: 'float32', value: Math.fround(0.1) })?.alone).toBe(true);
    expect(matcher.probe(0, { kind: 'float64', value: Math.fround(0.1) })).toBeUndefined();
    expect(matcher.probe(0, { kind: 'float64', value: 0.1 })?.alone).toBe(true);
    expect(matcher.probe(0, { kind: 'float32', value: 16_777_216 })?.alone).toBe(true);
  });

  test('dates and timestamps compare as ISO 8601', () => {
    const matcher = matcherOf([
      { match: { a: '2024-02-29' } },
      { match: { a: '2024-03-01T00:00:00.5+01:00' } },
      { match: { a: '2023-02-29' } },
    ]);
    expect(matcher.probe(0, { kind: 'date', days: 19_782 })?.alone).toBe(true);
    expect(matcher.probe(0, { kind: 'date', days: 19_781 })).toBeUndefined();
    const nanoseconds = BigInt(Date.parse('2024-02-29T23:00:00.500Z')) * 1_000_000n;
    expect(matcher.probe(0, { kind: 'timestamp', nanoseconds })?.alone).toBe(true);
    expect(matcher.probe(0, { kind: 'timestamp', nanoseconds: nanoseconds + 1n })).toBeUndefined();
  });
});

describe('a criterion of several paths', () => {
  const matcher = matcherOf([
    { match: { a: '1.50', b: 2 } },
    { match: { a: 'x', b: true } },
    { match: { c: 'alone' } },
  ]);
  const probe = (path: number, value: TypedValue): Hit => matcher.probe(path, value)!;

  test('is met only by all of them', () => {
    expect(matcher.matches([probe(0, text('1.50'))])).toBe(false);
    expect(matcher.matches([probe(0, text('1.50')), probe(1, number('2.0'))])).toBe(true);
    expect(matcher.matches([probe(0, number('1.5')), probe(1, text('2'))])).toBe(true);
    expect(matcher.matches([probe(0, text('x')), probe(1, number('2'))])).toBe(false);
    expect(matcher.matches([])).toBe(false);
  });

  test('is met by any element of lists', () => {
    const hits = [
      probe(0, text('x')),
      probe(0, text('1.50')),
      probe(1, text('2')),
      probe(1, number('2')),
    ];
    expect(matcher.matches(hits)).toBe(true);
  });

  test('is answered in time when a row meets a great many of its values', () => {
    const many = matcherOf(
      Array.from({ length: 2000 }, (_, id) => ({
        match: { a: `a${id}`, b: `b${id}`, c: `c${id}` },
      })),
    );
    const hits = Array.from({ length: 6000 }, (_, index) => {
      const path = index % 3;
      // No criterion has its three values here: the third is shifted by none in the list.
      const id = Math.floor(index / 3);
      return path === 2 && id > 0 ? undefined : many.probe(path, text(`${'abc'[path]!}${id}`));
    }).filter((one) => one !== undefined);
    const others = hits.filter(({ path }, index) => path !== 0 || index > 0);
    expect(many.matches(others)).toBe(false);
    expect(many.matches(hits)).toBe(true);
  });
});

test('all writings of a number have one text, and different numbers different ones', () => {
  const decimal = fc.tuple(
    fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }),
    fc.integer({ min: -40, max: 40 }),
  );
  const written = ([digits, exponent]: [bigint, number]) => `${digits}e${exponent}`;
  /** Exact comparison, by whole numbers of the same exponent. */
  const equal = (a: [bigint, number], b: [bigint, number]) =>
    a[0] * 10n ** BigInt(a[1] + 40) === b[0] * 10n ** BigInt(b[1] + 40);
  fc.assert(
    fc.property(decimal, decimal, fc.nat({ max: 20 }), (a, b, zeros) => {
      const longer: [bigint, number] = [a[0] * 10n ** BigInt(zeros), a[1] - zeros];
      expect(decimalText(written(longer))).toBe(decimalText(written(a)));
      expect(decimalText(written(a)) === decimalText(written(b))).toBe(equal(a, b));
    }),
  );
});
