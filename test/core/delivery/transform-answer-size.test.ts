import { describe, expect, it } from 'vitest';
import { deliveryPath } from '../../../lib/core/data-map/delivery-path.ts';
import type { StreamStore } from '../../../lib/core/data-map/schema.ts';
import {
  largestTransformBuffer,
  TRANSFORM_ANSWER_LIMIT,
  worstCaseAnswerBytes,
} from '../../../lib/core/delivery/transform-answer-size.ts';
import { compilePolicy } from '../../../lib/core/redaction/policy.ts';
import { RecordRedactor } from '../../../lib/core/redaction/redactor.ts';
import { dataMap } from '../../../lib/data-map.ts';

const found = deliveryPath(dataMap);
if (!found.ok) throw new Error('the default map has no delivery path');
const store = found.path.stream;
const BUFFER = 200_000;

/** What the filter really answers for a batch of one record again and again. */
function answerBytes(of: StreamStore, record: string, count: number): number {
  const redactor = new RecordRedactor(compilePolicy(of, dataMap.identifiers), {
    hashKey: Buffer.alloc(32),
  });
  const outcome = redactor.redact(Buffer.from(record), '2026-01-31T12:00:00.123Z');
  if (outcome.kind === 'failed') throw new Error(outcome.reason);
  const data = Buffer.from(outcome.bytes).toString('base64');
  const records = Array.from({ length: count }, () => ({
    recordId: 'x'.repeat(62),
    result: 'Ok',
    data,
  }));
  return JSON.stringify({ records }).length;
}

const HOSTILE: Record<string, (of: StreamStore) => string> = {
  'the smallest records': ({ shape }) => `{${shape!.map((key) => `"${key}":0`).join(',')}}`,
  'one personal key again and again': ({ shape, fields }) => {
    const key = fields[0]!.path as string;
    const others = shape!.filter((one) => one !== key).map((one) => `"${one}":0,`);
    return `{${others.join('')}${`"${key}":0,`.repeat(20_000)}"${key}":0}`;
  },
  'long values': ({ shape }) =>
    `{${shape!.map((key) => `"${key}":"${'9'.repeat(30_000)}"`).join(',')}}`,
};

const STRATEGIES: StreamStore['fields'][number]['redact'][] = [
  { kind: 'replace' },
  { kind: 'replace', with: 'a much longer text than a value, \u00e9\ud83d\ude00"' },
  { kind: 'keyed-hash' },
  { kind: 'mask', keepLast: 0, maskWith: '\u20ac' },
  { kind: 'mask', keepLast: 2 },
  { kind: 'generalise', to: 'year' },
  { kind: 'drop' },
];

describe('worstCaseAnswerBytes', () => {
  it.each(
    STRATEGIES.flatMap((redact) => Object.keys(HOSTILE).map((name) => [redact, name] as const)),
  )('is not exceeded under %j by %s', (redact, name) => {
    const of: StreamStore = {
      ...store,
      fields: store.fields.map((field) => ({ ...field, redact })),
    };
    const record = HOSTILE[name]!(of);
    const count = Math.floor(BUFFER / record.length);
    expect(count).toBeGreaterThan(0);
    expect(answerBytes(of, record, count)).toBeLessThanOrEqual(worstCaseAnswerBytes(of, BUFFER));
  });

  it('is no wild guess: the smallest records come within a quarter of it', () => {
    const record = HOSTILE['the smallest records']!(store);
    const real = answerBytes(store, record, Math.floor(BUFFER / record.length));
    expect(worstCaseAnswerBytes(store, BUFFER)).toBeLessThan(real * 1.25);
  });

  it('fits for the default map at the usual buffer of 1 MB, and not at the largest of 3 MB', () => {
    expect(worstCaseAnswerBytes(store, 1_000_000)).toBeLessThanOrEqual(TRANSFORM_ANSWER_LIMIT);
    expect(worstCaseAnswerBytes(store, 3_000_000)).toBeGreaterThan(TRANSFORM_ANSWER_LIMIT);
  });

  it('grows with the buffer, and the largest that fits is the last that fits', () => {
    const largest = largestTransformBuffer(store);
    expect(worstCaseAnswerBytes(store, largest)).toBeLessThanOrEqual(TRANSFORM_ANSWER_LIMIT);
    expect(worstCaseAnswerBytes(store, largest + 200)).toBeGreaterThan(TRANSFORM_ANSWER_LIMIT);
  });
});
