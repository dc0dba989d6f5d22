import { TRANSFORM_ANSWER_LIMIT } from '../../lib/core/delivery/transform-answer-size.ts';

/** One record of a transform's answer. Source: Amazon Data Firehose developer guide. */
export type AnswerRecord =
  | { recordId: string; result: 'Ok'; data: string }
  /** `data` may be left out: Firehose keeps the source record and writes that to the error prefix. */
  | { recordId: string; result: 'ProcessingFailed'; data?: string };

const AROUND_RECORDS = JSON.stringify({ records: [] }).length;
/** JSON writes a character of a record id in at most six bytes. */
const MOST_BYTES_A_CHARACTER = 6;
const AROUND_RECORD = JSON.stringify({ recordId: '', result: 'ProcessingFailed', data: '' }).length;

/**
 * Makes the answer fit, whatever redaction added to it, and answers how many records had to fail for
 * want of room. First the data of failed records is left out, then the largest good ones fail, so
 * that as few records as possible do. Every record's part is then smaller than in the request, which
 * is bound by the same limit: an answer that fits always exists.
 */
export function fitAnswer(records: AnswerRecord[], limit = TRANSFORM_ANSWER_LIMIT): number {
  if (surelyFits(records, limit)) return 0;
  let bytes = AROUND_RECORDS;
  for (const record of records) bytes += bytesOf(record) + 1;
  const largestFirst = records
    .map((record, at) => ({ at, size: record.data?.length ?? 0 }))
    .sort((a, b) => b.size - a.size);
  let failed = 0;
  for (const sacrificed of ['ProcessingFailed', 'Ok'] as const) {
    for (const { at } of largestFirst) {
      if (bytes <= limit) return failed;
      const record = records[at]!;
      if (record.result !== sacrificed) continue;
      const bare: AnswerRecord = { recordId: record.recordId, result: 'ProcessingFailed' };
      const saved = bytesOf(record) - bytesOf(bare);
      if (saved <= 0) continue;
      records[at] = bare;
      bytes -= saved;
      if (sacrificed === 'Ok') failed++;
    }
  }
  return failed;
}

/** A bound without writing the answer: nearly always enough. */
function surelyFits(records: readonly AnswerRecord[], limit: number): boolean {
  let bytes = AROUND_RECORDS;
  for (const { recordId, data } of records) {
    bytes += AROUND_RECORD + 1 + recordId.length * MOST_BYTES_A_CHARACTER + (data?.length ?? 0);
  }
  return bytes <= limit;
}

function bytesOf(record: AnswerRecord): number {
  return Buffer.byteLength(JSON.stringify(record));
}
