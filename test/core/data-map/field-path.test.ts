import { describe, expect, it } from 'vitest';
import {
  fieldPathFault,
  printPath,
  samePath,
  segmentsOf,
} from '../../../lib/core/data-map/field-path.ts';

describe('a field path', () => {
  it('nests by dots, and by a list where a key holds a dot', () => {
    expect(segmentsOf('user.address.city')).toEqual(['user', 'address', 'city']);
    expect(segmentsOf(['a.b', 'c'])).toEqual(['a.b', 'c']);
  });

  it('is the same however it is written', () => {
    expect(samePath('a.b', ['a', 'b'])).toBe(true);
    expect(samePath('a.b', ['a.b'])).toBe(false);
    expect(samePath('a', 'a.b')).toBe(false);
  });

  it('prints so that it can be read back', () => {
    expect(printPath(['a', 'b'])).toBe('a.b');
    expect(printPath(['a.b', 'c'])).toBe('["a.b","c"]');
  });

  it.each(['__proto__', 'a.__proto__', 'constructor.x', ['x', 'prototype'] as const])(
    'refuses %j, which reaches a prototype',
    (path) => {
      expect(fieldPathFault(path)).toMatch(/prototype/);
    },
  );

  it.each(['', 'a..b', '.a', 'a.', ['a', ''] as const, [] as const])(
    'refuses %j, which has no key',
    (path) => {
      expect(fieldPathFault(path)).toBeDefined();
    },
  );
});
