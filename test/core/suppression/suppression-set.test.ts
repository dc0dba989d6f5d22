import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SuppressionChange } from '../../../lib/core/ports/suppression-list.ts';
import { RecordRedactor } from '../../../lib/core/redaction/redactor.ts';
import { normaliseIdentifier } from '../../../lib/core/suppression/normalise.ts';
import { SipHash } from '../../../lib/core/suppression/siphash.ts';
import { subjectHash } from '../../../lib/core/suppression/subject-hasher.ts';
import { SuppressionSet } from '../../../lib/core/suppression/suppression-set.ts';
import { NOW, policyOf } from '../redaction/policies.ts';

const KEY = Buffer.alloc(32, 3);

function added(value: string, requestId = 'r', lapsesAt?: number): SuppressionChange {
  const entry = {
    subjectHash: subjectHash(KEY, 'mail', value),
    reason: 'erasure',
    requestId,
  } as const;
  return { kind: 'added', entry: lapsesAt === undefined ? entry : { ...entry, lapsesAt } };
}
function lifted(value: string, requestId = 'r'): SuppressionChange {
  return { kind: 'lifted', subjectHash: subjectHash(KEY, 'mail', value), requestId };
}

test('SipHash-2-4 gives the vectors of its paper', () => {
  // The authors' reference vectors: key 00..0f, message 00 01 02 … of each length.
  const sip = new SipHash(Uint8Array.from({ length: 16 }, (_, index) => index));
  const message = Uint8Array.from({ length: 64 }, (_, index) => index);
  const hex = (length: number): string => {
    sip.hash(message, length);
    return sip.high.toString(16).padStart(8, '0') + sip.low.toString(16).padStart(8, '0');
  };
  expect(hex(0)).toBe('726fdb47dd0e0e31');
  expect(hex(1)).toBe('74f839c593dc67fd');
  expect(hex(8)).toBe('93f5f5799a932462');
  expect(hex(15)).toBe('a129ca6149be45e5');
});

test('the set holds what a plain map of requests would', () => {
  const change = fc.record({
    lift: fc.boolean(),
    value: fc.integer({ min: 0, max: 40 }).map(String),
    request: fc.constantFrom('r', 's', 't'),
    lapsesAt: fc.option(fc.integer({ min: 0, max: 10 }), { nil: undefined }),
  });
  fc.assert(
    fc.property(
      fc.array(change, { maxLength: 200 }),
      fc.integer({ min: 0, max: 10 }),
      (changes, now) => {
        const set = new SuppressionSet(KEY);
        const model = new Map<string, number>();
        for (const { lift, value, request, lapsesAt } of changes) {
          set.apply([lift ? lifted(value, request) : added(value, request, lapsesAt)]);
          if (lift) model.delete(`${value} ${request}`);
          else model.set(`${value} ${request}`, lapsesAt ?? Infinity);
        }
        expect(set.size).toBe(model.size);
        for (let value = 0; value <= 41; value++) {
          const holds = ['r', 's', 't'].some(
            (request) => (model.get(`${value} ${request}`) ?? 0) > now,
          );
          expect(set.has('mail', String(value), now)).toBe(holds);
        }
      },
    ),
    { numRuns: 60 },
  );
});

test('it grows to thousands without losing anybody', () => {
  const set = new SuppressionSet(KEY);
  for (let index = 0; index < 5000; index++) set.apply([added(String(index))]);
  for (let index = 0; index < 5000; index += 2) set.apply([lifted(String(index))]);
  for (let index = 0; index < 5000; index++) {
    expect(set.has('mail', String(index), 0)).toBe(index % 2 === 1);
  }
  expect(set.has('mail', '5001', 0)).toBe(false);
  expect(set.has('phone', '1', 0)).toBe(false);
});

test('a hash under another key, or an empty value, names nobody', () => {
  const set = new SuppressionSet(KEY);
  const entry = { subjectHash: subjectHash(Buffer.alloc(32, 4), 'mail', 'a'), reason: 'erasure', requestId: 'r' } as const;
  set.apply([{ kind: 'added', entry }, added('')]);
  expect(set.has('mail', 'a', 0)).toBe(false);
  expect(set.has('mail', '', 0)).toBe(false);
}); // prettier-ignore

test('a hash that is none is refused', () => {
  const set = new SuppressionSet(KEY);
  const entry = { subjectHash: 'AAAA', reason: 'erasure', requestId: 'r' } as const;
  expect(() => set.apply([{ kind: 'added', entry }])).toThrow(RangeError);
  expect(() => subjectHash(Buffer.alloc(31), 'mail', 'a')).toThrow(RangeError);
});

describe('a suppressed subject is redacted although consent is true', () => {
  const policy = policyOf({
    consent: { path: 'ok' },
    fields: [['name']],
    identifiers: { mail: 'who.mail', digits_id: 'ssn', exact_id: 'id' },
  });
  const set = new SuppressionSet(KEY);
  const entries = [['mail', 'ann@example.com'], ['digits_id', '807831104'], ['exact_id', '12345'], ['exact_id', 'é']] as const;
  set.apply(
    entries.map(([identifier, value]) => ({
      kind: 'added',
      entry: { subjectHash: subjectHash(KEY, identifier, value), reason: 'objection', requestId: 'r', lapsesAt: Date.parse(NOW) + 1 },
    })),
  );
  const redactor = new RecordRedactor(policy, { suppression: set });
  const kindOf = (members: string, at = NOW): string =>
    redactor.redact(Buffer.from(`{"ok":true,"name":"Ann",${members}}`), at).kind;

  test.each([
    '"who":{"mail":"ann@example.com"}', '"who":{"mail":" Ann@Example.COM "}', '"who":{"mail":"\\u0061nn@example.com"}',
    '"who":[{"mail":"bob@example.com"},{"mail":["x",["ann@example.com"]]}]', '"ssn":"807-83-1104"', '"ssn":807831104', '"id":12345',
    '"id":12345.0', '"id":"12345"', '"id":"\\u00e9"', '"id":"x","id":"é"',
  ])('%s', (members) => {
    expect(kindOf(members)).toBe('redacted');
  });

  test.each(['"who":{"mail":"bob@example.com"}', '"mail":"ann@example.com"', '"id":" 12345"', '"id":null', '"id":{"x":12345}', '"ssn":""'])(
    'but not with %s',
    (members) => {
      expect(kindOf(members)).toBe('kept');
    },
  );

  test('and no longer once the entry has lapsed', () => {
    expect(kindOf('"id":12345', '2026-02-03T04:05:06.790Z')).toBe('kept');
  });
}); // prettier-ignore

test.each([
  ['exact', ' A ', ' A '],
  ['trim-lowercase', ' Ä\u0301nn ', 'ä\u0301nn'],
  ['trim-lowercase', 'E\u0301', '\u00e9'],
  ['digits', '+1 (807) 83', '180783'],
  ['digits', '٣x', ''],
] as const)('%s makes of %j %j', (rule, value, expected) => {
  expect(normaliseIdentifier(rule, value)).toBe(expected);
});
