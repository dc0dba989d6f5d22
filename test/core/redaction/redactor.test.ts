import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RecordRedactor } from '../../../lib/core/redaction/redactor.ts';
import { damagedJson } from '../json/oracle.ts';
import { oracleRedact, type OraclePolicy } from './oracle.ts';
import { LATER, NOW, policyOf } from './policies.ts';
import { hostileRecords } from './records.ts';

const cases: [name: string, redactor: RecordRedactor, oracle: OraclePolicy, keys: string[]][] = [
  [
    'flat',
    new RecordRedactor(
      policyOf({
        consent: { path: 'ok' },
        fields: [['dob'], ['ssn']],
        marks: { redacted: 'done', redactedAt: 'at' },
      }),
    ),
    {
      consent: { path: 'ok', keepWhenMissing: false },
      replaced: ['dob', 'ssn'],
      dropped: [],
      marks: { redacted: 'done', redactedAt: 'at' },
    },
    ['ok', 'ok', 'dob', 'ssn', 'done', 'at', '__proto__'],
  ],
  [
    'nested, with drops, keeping what has no flag',
    new RecordRedactor(
      policyOf({
        consent: { path: 'a.ok', whenMissing: 'keep' },
        fields: [['a.b'], ['c', { kind: 'drop' }], [['a', 'x.y'], { kind: 'drop' }], ['d.c.b']],
        identifiers: { mail: 'd.c.b.m', exact_id: 'c.c' },
      }),
    ),
    {
      consent: { path: 'a.ok', keepWhenMissing: true },
      replaced: ['a.b', 'd.c.b'],
      dropped: ['c', ['a', 'x.y']],
      marks: { redacted: 'data_redacted' },
    },
    ['a', 'a', 'b', 'c', 'd', 'ok', 'x.y', 'data_redacted'],
  ],
  [
    'no flag at all, and a nested flag',
    new RecordRedactor(policyOf({ fields: [['a', { kind: 'drop' }], ['b.a']] })),
    { replaced: ['b.a'], dropped: ['a'], marks: { redacted: 'data_redacted' } },
    ['a', 'b', 'data_redacted'],
  ],
  [
    'a nested flag that must be there',
    new RecordRedactor(policyOf({ consent: { path: 'a.b' }, fields: [['c']] })),
    {
      consent: { path: 'a.b', keepWhenMissing: false },
      replaced: ['c'],
      dropped: [],
      marks: { redacted: 'data_redacted' },
    },
    ['a', 'a', 'b', 'c'],
  ],
];

describe.each(cases)('a plain reading of the design agrees: %s', (_, redactor, oracle, keys) => {
  const run = (bytes: Uint8Array, now = NOW): { kind: string; text?: string } => {
    const outcome = redactor.redact(bytes, now);
    return outcome.kind === 'failed'
      ? { kind: 'failed' }
      : { kind: outcome.kind, text: Buffer.from(outcome.bytes).toString('utf8') };
  };

  test('on hostile records, byte for byte', () => {
    fc.assert(
      fc.property(hostileRecords(keys), (text) => {
        const bytes = Buffer.from(text);
        expect(run(bytes)).toEqual(oracleRedact(bytes, oracle, NOW) ?? { kind: 'failed' });
      }),
      { numRuns: 1500 },
    );
  });

  test('on damaged records, accepting and rejecting alike', () => {
    fc.assert(
      fc.property(damagedJson(hostileRecords(keys)), (bytes) => {
        expect(run(bytes)).toEqual(oracleRedact(bytes, oracle, NOW) ?? { kind: 'failed' });
      }),
      { numRuns: 800 },
    );
  });

  test('twice equals once, and the first time of redaction stays', () => {
    fc.assert(
      fc.property(hostileRecords(keys), (text) => {
        const once = redactor.redact(Buffer.from(text), NOW);
        if (once.kind === 'failed') return;
        const twice = redactor.redact(once.bytes, LATER);
        expect(twice.kind === 'failed' ? twice : Buffer.from(twice.bytes).toString()).toBe(
          Buffer.from(once.bytes).toString(),
        );
      }),
      { numRuns: 800 },
    );
  });
});
