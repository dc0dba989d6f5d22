import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AnswerRecord, fitAnswer } from '../../../lambdas/redact-events/answer.ts';
import { TRANSFORM_ANSWER_LIMIT } from '../../../lib/core/delivery/transform-answer-size.ts';

const sizeOf = (records: AnswerRecord[]) => Buffer.byteLength(JSON.stringify({ records }));
const ok = (recordId: string, bytes: number): AnswerRecord => ({
  recordId,
  result: 'Ok',
  data: 'A'.repeat(bytes),
});
const failed = (recordId: string, bytes: number): AnswerRecord => ({
  recordId,
  result: 'ProcessingFailed',
  data: 'A'.repeat(bytes),
});

describe('fitAnswer', () => {
  it('leaves an answer that fits as it was', () => {
    const records = [ok('a', 100), failed('b', 100)];
    expect(fitAnswer(records)).toBe(0);
    expect(records).toEqual([ok('a', 100), failed('b', 100)]);
  });

  it('first leaves out the data of records that failed anyway', () => {
    const records = [ok('a', 400), failed('b', 300), failed('c', 200)];
    expect(fitAnswer(records, 800)).toBe(0);
    expect(records).toEqual([
      ok('a', 400),
      { recordId: 'b', result: 'ProcessingFailed' },
      failed('c', 200),
    ]);
  });

  it('then fails the largest, so that as few as possible fail', () => {
    const records = [ok('a', 100), ok('b', 5_000), ok('c', 100)];
    expect(fitAnswer(records, 1_000)).toBe(1);
    expect(records).toEqual([
      ok('a', 100),
      { recordId: 'b', result: 'ProcessingFailed' },
      ok('c', 100),
    ]);
  });

  it('leaves every id once, in order, within the limit, for whatever a request can hold', () => {
    // A record of a request carries a time stamp of 13 digits beside its id and data.
    const wire = fc.record({ recordId: fc.string(), data: fc.base64String({ maxLength: 400 }) });
    const growth = fc.nat({ max: 600 });
    fc.assert(
      fc.property(fc.array(fc.tuple(wire, growth, fc.boolean())), (batch) => {
        const request = JSON.stringify({
          records: batch.map(([one]) => ({ ...one, approximateArrivalTimestamp: 1e12 })),
        });
        const records = batch.map(([{ recordId, data }, grown, isOk]): AnswerRecord =>
          isOk ? ok(recordId, data.length + grown) : { recordId, result: 'ProcessingFailed', data },
        );
        const before = structuredClone(records);
        const limit = Math.max(Buffer.byteLength(request), 40);
        const forRoom = fitAnswer(records, limit);
        expect(sizeOf(records)).toBeLessThanOrEqual(limit);
        expect(records.map(({ recordId }) => recordId)).toEqual(
          before.map(({ recordId }) => recordId),
        );
        const okBefore = before.filter(({ result }) => result === 'Ok').length;
        const okAfter = records.filter(({ result }) => result === 'Ok').length;
        expect(okBefore - okAfter).toBe(forRoom);
        for (const [at, record] of records.entries()) {
          if (record.result === 'Ok') expect(record).toEqual(before[at]);
        }
      }),
    );
  });

  it('brings a batch of tiny records that redaction blew up under the real limit', () => {
    const records = Array.from({ length: 40_000 }, (_, at) => ok(String(at).padStart(62, '0'), 96));
    expect(sizeOf(records)).toBeGreaterThan(TRANSFORM_ANSWER_LIMIT);
    const forRoom = fitAnswer(records);
    expect(forRoom).toBeGreaterThan(0);
    expect(sizeOf(records)).toBeLessThanOrEqual(TRANSFORM_ANSWER_LIMIT);
    expect(sizeOf(records)).toBeGreaterThan(TRANSFORM_ANSWER_LIMIT - 200);
  });
});
