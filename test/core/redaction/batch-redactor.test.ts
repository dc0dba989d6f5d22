import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { compileRedactionScanner } from '../../../bin/build-wasm.js';
import { type BatchOutcome, BatchRedactor } from '../../../lib/core/redaction/batch-redactor.ts';
import { FastPath } from '../../../lib/core/redaction/fast-path.ts';
import type { RedactionPolicy } from '../../../lib/core/redaction/policy.ts';
import { subjectHash } from '../../../lib/core/suppression/subject-hasher.ts';
import { SuppressionSet } from '../../../lib/core/suppression/suppression-set.ts';
import { damagedJson } from '../json/oracle.ts';
import { customerPolicy, NOW, policyOf } from './policies.ts';
import { hostileRecords } from './records.ts';

const base64 = (text: string | Uint8Array): string => Buffer.from(text).toString('base64');

const policies: [name: string, policy: RedactionPolicy, keys: string[]][] = [
  ['the demonstration', customerPolicy(), ['data_share_consent', 'data_share_consent', 'dob', 'ssn_no', 'data_redacted']],
  [
    'nested paths',
    policyOf({
      consent: { path: 'a.ok' },
      fields: [['b'], ['a.b'], ['c.d.a', { kind: 'replace', with: 'é"gone"' }]],
      identifiers: { mail: 'c.d.b', digits_id: 'a.d', exact_id: 'd' },
      marks: { redacted: 'é', redactedAt: 'at' },
    }),
    ['a', 'a', 'b', 'c', 'd', 'ok', 'at'],
  ],
  [
    'other strategies, and a flag that may be missing',
    policyOf({
      consent: { path: 'ok', whenMissing: 'keep' },
      fields: [['a', { kind: 'drop' }], ['b', { kind: 'mask', keepLast: 2 }], ['c']],
      identifiers: { exact_id: 'a' },
    }),
    ['ok', 'a', 'b', 'c'],
  ],
  ['no flag', policyOf({ fields: [['a']] }), ['a', 'b']],
]; // prettier-ignore

/** Some of those whom hostile records name. */
function suppressSome(): SuppressionSet {
  const key = Buffer.alloc(32, 7);
  const set = new SuppressionSet(key);
  const subjects = [
    ['mail', 'fals'], ['mail', 'true'], ['digits_id', '110'], ['digits_id', '12345678901234567890'],
    ['exact_id', '0'], ['exact_id', 'é𝄞'], ['exact_id', 'REDACTED_CONTENT'], ['ssn_no', '1'],
  ] as const; // prettier-ignore
  set.apply(
    subjects.map(([identifier, value]) => ({
      kind: 'added',
      entry: {
        subjectHash: subjectHash(key, identifier, value),
        reason: 'erasure',
        requestId: 'r',
      },
    })),
  );
  return set;
}

describe.each(policies)('the scanner answers as the reference path does: %s', (_, policy, keys) => {
  const records = fc.oneof(
    { weight: 5, arbitrary: hostileRecords(keys).map((text) => base64(text)) },
    { weight: 2, arbitrary: damagedJson(hostileRecords(keys)).map(base64) },
    { weight: 1, arbitrary: fc.json().map(base64) },
    fc.uint8Array({ maxLength: 40 }).map(base64),
    fc.base64String(),
    fc.string({ maxLength: 12 }),
    hostileRecords(keys).map((text) => base64(text).slice(0, -1)),
    hostileRecords(keys).map((text) => base64(text).replace('A', 'Ł')),
  );

  test.each([
    ['nobody suppressed', undefined],
    ['somebody suppressed', suppressSome()],
  ])('with %s', (__, suppression) => {
    const options = suppression === undefined ? {} : { suppression };
    const fast = new BatchRedactor(policy, options);
    const reference = new BatchRedactor(policy, { ...options, path: 'reference' });
    fc.assert(
      fc.property(fc.array(records, { maxLength: 12 }), (batch) => {
        expect(fast.redact(batch, NOW)).toEqual(reference.redact(batch, NOW));
      }),
      { numRuns: 400 },
    );
  });
});

describe('the scanner decides by itself', () => {
  /** How many of the records it does not leave to the reference path. */
  function decided(policy: RedactionPolicy, texts: string[]): number {
    const outcomes = new Array<BatchOutcome | undefined>(texts.length).fill(undefined);
    FastPath.open(policy, undefined)!.redact(texts.map(base64), NOW, outcomes);
    return outcomes.filter((outcome) => outcome !== undefined).length;
  }
  const event =
    '{"name":"Gnoll","dob":"2011-04-22","ssn_no":"807831104","data_share_consent":false}';

  test('every plain event, of any length and with any spacing', () => {
    const texts = Array.from({ length: 300 }, (_, index) =>
      event.replace('Gnoll', 'é"x'.replace('"', '\\"').repeat(index)).replaceAll(',', ', '),
    );
    expect(decided(customerPolicy(), texts)).toBe(300);
    expect(
      decided(
        customerPolicy(),
        texts.map((text) => text.replace('false', 'true')),
      ),
    ).toBe(300);
  });

  test('and those with escaped and repeated keys', () => {
    const odd = [event.replace('ssn_no', '\\u0073sn_no'), event.replace('name', 'dob')];
    expect(decided(customerPolicy(), odd)).toBe(2);
  });

  test('and leaves open what is marked, broken, or escaped beyond ASCII', () => {
    const odd = [
      event.replace('name', 'data_redacted'),
      event.replace('name', 'n\\u00e4me'),
      event.slice(1),
      '[]',
    ];
    expect(decided(customerPolicy(), odd)).toBe(0);
  });
});

describe('batches of any shape', () => {
  const fast = new BatchRedactor(customerPolicy());
  const reference = new BatchRedactor(customerPolicy(), { path: 'reference' });
  const event = (pad: number, consent = false): string =>
    base64(`{"pad":"${'x'.repeat(pad)}","dob":[1,2],"data_share_consent":${consent}}`);

  test('records of a megabyte beside small ones, more than a chunk, in order', () => {
    const batch = Array.from({ length: 2000 }, (_, index) =>
      event(index % 400 === 7 ? 1_500_000 : index, index % 3 === 0),
    );
    expect(fast.redact(batch, NOW)).toEqual(reference.redact(batch, NOW));
  });

  test('tens of thousands of tiny ones', () => {
    const batch = Array.from({ length: 40_000 }, (_, index) =>
      base64(index % 5 === 0 ? '{' : '{}'),
    );
    expect(fast.redact(batch, NOW)).toEqual(reference.redact(batch, NOW));
  });

  test('records of which redaction makes far more, beyond all room in the scanner', () => {
    const policy = policyOf({ fields: [['a.b', { kind: 'replace', with: 'x'.repeat(5000) }]] });
    const grown = base64(`{"a":[${Array.from({ length: 400 }, () => '{"b":1}').join(',')}]}`);
    const batch = Array.from({ length: 20 }, () => grown);
    expect(new BatchRedactor(policy).redact(batch, NOW)).toEqual(
      new BatchRedactor(policy, { path: 'reference' }).redact(batch, NOW),
    );
  });

  test('an empty batch', () => {
    expect(fast.redact([], NOW)).toEqual([]);
  });

  test('what is no base64 fails alone', () => {
    const odd = ['e30', 'e30=e30=', '!!!!', 'e3-_', ' e30=', 'e3Ł='];
    const outcomes = fast.redact([...odd, base64('{}')], NOW);
    for (const outcome of outcomes.slice(0, -1)) {
      expect(outcome).toEqual({ kind: 'failed', reason: 'invalid-base64' });
    }
    expect(outcomes.at(-1)?.kind).toBe('redacted');
  });

  test('nothing at all is an empty record', () => {
    expect(fast.redact([''], NOW)[0]).toMatchObject({ kind: 'failed', reason: 'empty' });
  });

  test('a time that is none is refused before any record is touched', () => {
    expect(() => fast.redact([], 'now')).toThrow(RangeError);
    expect(() => fast.redact([event(1)], '2026-13-01T00:00:00Z')).toThrow(RangeError);
  });
});

describe('an engine without WebAssembly', () => {
  afterEach(() => vi.unstubAllGlobals());

  test('does all by the reference path', () => {
    const batch = [
      base64('{"dob":"2011-04-22"}'),
      base64('{'),
      base64('{"data_share_consent":true}'),
    ];
    const expected = new BatchRedactor(customerPolicy()).redact(batch, NOW);
    vi.stubGlobal('WebAssembly', undefined);
    expect(new BatchRedactor(customerPolicy()).redact(batch, NOW)).toEqual(expected);
  });
});

test('the committed scanner is what its source compiles to', async () => {
  const file = new URL('../../../lib/core/redaction/scanner.generated.ts', import.meta.url);
  expect(await compileRedactionScanner()).toBe(readFileSync(file, 'utf8'));
});
