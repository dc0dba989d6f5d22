import { describe, expect, test } from 'vitest';

import { guard, parseProportion } from '../../../lib/core/erasure/run/guard.ts';

const object = (key: string, rows: number, matched: number) => ({ key, rows, matched });

describe('the guard', () => {
  test.each([
    [10, 1, 0.1, 'passed'],
    [10, 2, 0.1, 'stopped'],
    [10, 1, 0, 'stopped'],
    [10, 0, 0, 'passed'],
    [0, 0, 0, 'passed'],
    [10, 10, 1, 'passed'],
  ])('%i rows, %i matching, maximum %d: %s', (rows, matched, maximum, kind) => {
    expect(guard([object('a', rows, matched)], maximum).kind).toBe(kind);
  });

  test('weighs each top-level prefix by itself', () => {
    const objects = [object('run=1/a', 1000, 0), object('run=2/b/c', 2, 1), object('top', 8, 0)];
    const outcome = guard(objects, 0.2);
    expect(outcome).toMatchObject({
      kind: 'stopped',
      all: { rows: 1010, matched: 1 },
      exceeded: [{ prefix: 'run=2/', proportion: 0.5 }],
    });
    expect(outcome.prefixes.map(({ prefix }) => prefix)).toEqual(['run=1/', 'run=2/', '']);
  });

  test('of nothing at all is 0', () => {
    expect(guard([], 0)).toMatchObject({ kind: 'passed', all: { proportion: 0 } });
  });
});

test.each([
  ['0', 0],
  ['1', 1],
  ['1.0', 1],
  ['.5', 0.5],
  ['1e-3', 0.001],
  ['1.1', undefined],
  ['-0.1', undefined],
  ['NaN', undefined],
  ['', undefined],
  ['5%', undefined],
  ['Infinity', undefined],
])('the maximum %j is read as %s', (text, expected) => {
  expect(parseProportion(text)).toBe(expected);
});
