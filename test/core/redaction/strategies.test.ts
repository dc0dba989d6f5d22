import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RedactionStrategy } from '../../../lib/core/data-map/schema.ts';
import { RecordRedactor } from '../../../lib/core/redaction/redactor.ts';
import { LATER, NOW, policyOf } from './policies.ts';

const KEY = Buffer.alloc(32, 5);

/** The raw text of member `f` after redaction of `{"f":<raw>}`. */
function treated(redact: RedactionStrategy, raw: string, key: Uint8Array = KEY): string {
  const redactor = new RecordRedactor(policyOf({ fields: [['f', redact]] }), { hashKey: key });
  const outcome = redactor.redact(Buffer.from(`{"f":${raw}}`), NOW);
  if (outcome.kind !== 'redacted') throw new Error(outcome.kind);
  return /^\{"f":(.*),"data_redacted":true\}\n$/s.exec(Buffer.from(outcome.bytes).toString())![1]!;
}

const FALLBACK = '"REDACTED_CONTENT"';
const mask = (keepLast: number, maskWith?: string): RedactionStrategy =>
  maskWith === undefined ? { kind: 'mask', keepLast } : { kind: 'mask', keepLast, maskWith };

test.each([
  [mask(4), '"807831104"', '"*****1104"'],
  [mask(4), '807831104', '"*****1104"'],
  [mask(2, '#'), '"aé𝄞x"', '"##𝄞x"'],
  [mask(4), '"1104"', '"****"'],
  [mask(4), '""', '""'],
  [mask(0), '"abc"', '"***"'],
  [mask(2), '"\\u0061bc"', '"*bc"'],
  [mask(1), '"ab\\ud800"', '"**\\ud800"'],
  [mask(2, '"'), '"abcd"', '"\\"\\"cd"'],
  [mask(4), 'null', FALLBACK],
  [mask(4), '{"a":"807831104"}', FALLBACK],
  [mask(4), '["807831104"]', FALLBACK],
  [{ kind: 'generalise', to: 'year' }, '"2011-04-22"', '"2011"'],
  [{ kind: 'generalise', to: 'month' }, '"2011-04-22T10:11:12.5+02:00"', '"2011-04"'],
  [{ kind: 'generalise', to: 'month' }, '"2011"', '"2011"'],
  [{ kind: 'generalise', to: 'year' }, '"22 April 2011"', FALLBACK],
  [{ kind: 'generalise', to: 'year' }, '"2011-13-22"', FALLBACK],
  [{ kind: 'generalise', to: 'year' }, '"2011-04-22 and more"', FALLBACK],
  [{ kind: 'generalise', to: 'year' }, '20110422', FALLBACK],
  [{ kind: 'generalise', to: { bucket: 10 } }, '37', '30'],
  [{ kind: 'generalise', to: { bucket: 10 } }, '"37"', '"30"'],
  [{ kind: 'generalise', to: { bucket: 10 } }, '37.9', '30'],
  [{ kind: 'generalise', to: { bucket: 10 } }, '-1', '-10'],
  [{ kind: 'generalise', to: { bucket: 10 } }, '-10.5', '-20'],
  [{ kind: 'generalise', to: { bucket: 10 } }, '-0', '0'],
  [{ kind: 'generalise', to: { bucket: 1000 } }, '9007199254740993', '9007199254740000'],
  [{ kind: 'generalise', to: { bucket: 10 } }, '1e400', FALLBACK],
  [{ kind: 'generalise', to: { bucket: 10 } }, '"about 40"', FALLBACK],
  [{ kind: 'replace', with: 'gone "away"' }, '12', '"gone \\"away\\""'],
  [{ kind: 'replace' }, 'true', FALLBACK],
] satisfies [RedactionStrategy, string, string][])('%j makes of %s %s', (redact, raw, expected) => {
  expect(treated(redact, raw)).toBe(expected);
});

describe('a keyed hash', () => {
  const hash = (raw: string, key?: Uint8Array): string => treated({ kind: 'keyed-hash' }, raw, key);

  test('is equal for equal values however they are written', () => {
    expect(hash('"A"')).toBe(hash('"\\u0041"'));
    expect(hash('12345')).toBe(hash('12345.0'));
    expect(hash('12345')).toBe(hash('"12345"'));
    expect(hash('1.50')).toBe(hash('15e-1'));
    expect(hash('9007199254740993')).not.toBe(hash('9007199254740992'));
    expect(hash('"a"')).not.toBe(hash('"A"'));
  });

  test('differs under another key, and does not show the value', () => {
    expect(hash('"A"')).not.toBe(hash('"A"', Buffer.alloc(32, 6)));
    expect(hash('"CANARY"')).toMatch(/^"hmac:[\w-]{43}:[\w-]{22}"$/);
  });

  test('is not believed when somebody else made it', () => {
    const own = hash('"A"');
    expect(hash(own)).toBe(own);
    const forged = own.replace(
      /:(.)(.{21})"$/,
      (_, first: string, rest: string) => `:${first === 'x' ? 'y' : 'x'}${rest}"`,
    );
    expect(hash(forged)).not.toBe(forged);
    const clear = `"hmac:${'1'.repeat(43)}:${'2'.repeat(22)}"`;
    expect(hash(clear)).not.toContain('1'.repeat(43));
    expect(hash(own, Buffer.alloc(32, 6))).not.toBe(own);
  });

  test('needs a key, and a long one', () => {
    const policy = policyOf({ fields: [['f', { kind: 'keyed-hash' }]] });
    expect(() => new RecordRedactor(policy)).toThrow(TypeError);
    expect(() => new RecordRedactor(policy, { hashKey: Buffer.alloc(31) })).toThrow(RangeError);
  });

  test('replaces what has no text wholly', () => {
    for (const raw of ['null', 'true', '{}', '["a"]']) expect(hash(raw)).toBe(FALLBACK);
  });
});

test('half a character is no mask', () => {
  expect(() => policyOf({ fields: [['f', mask(2, '\ud83d')]] })).toThrow(TypeError);
});

test('twice equals once, whatever the strategy and the value', () => {
  const strategies: RedactionStrategy[] = [
    mask(3), mask(2, 'é'), mask(0, '"'), { kind: 'keyed-hash' }, { kind: 'drop' }, { kind: 'replace', with: 'x' },
    { kind: 'generalise', to: 'year' }, { kind: 'generalise', to: 'month' }, { kind: 'generalise', to: { bucket: 7 } },
  ]; // prettier-ignore
  const dates = fc.date({ noInvalidDate: true }).map((date) => JSON.stringify(date));
  const value = fc.oneof(fc.json(), dates, fc.bigInt().map(String), fc.double({ noNaN: true, noDefaultInfinity: true }).map(String));
  fc.assert(
    fc.property(fc.constantFrom(...strategies), value, value, (redact, raw, other) => {
      const policy = policyOf({
        fields: [['f', redact], ['g.f', redact]],
        marks: { redacted: 'done', redactedAt: 'at' },
      });
      const redactor = new RecordRedactor(policy, { hashKey: KEY });
      const once = redactor.redact(Buffer.from(`{"f":${raw},"g":[{"f":${other}},{}],"f":${other}}`), NOW);
      if (once.kind === 'failed') throw new Error(once.reason);
      const twice = redactor.redact(once.bytes, LATER);
      expect(twice.kind).toBe('redacted');
      if (twice.kind === 'redacted') {
        expect(Buffer.from(twice.bytes).toString()).toBe(Buffer.from(once.bytes).toString());
      }
    }),
    { numRuns: 600 },
  );
}); // prettier-ignore
