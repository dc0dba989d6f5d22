import { Buffer } from 'node:buffer';

import { membersOf, stringOf } from '../../erasure/criteria/members.ts';
import { SNOWPLOW_COLUMNS } from '../../erasure/criteria/snowplow-columns.ts';
import { exactText } from '../../erasure/text/exact-text.ts';
import { readJsonValues, ROOT, takeText, type ValueTaker } from './row-values.ts';

/** Hands on the values of a line. Answers why it can't be read, without a byte of it. */
export type LineReader = (line: Buffer, taker: ValueTaker) => string | undefined;

export const LINE_READERS = {
  jsonl: (line, taker) => readJsonValues(line, 0, line.length, taker),
  snowplow: readSnowplow,
  'firehose-failures': readFailure,
} satisfies Record<string, LineReader>;

function readSnowplow(line: Buffer, taker: ValueTaker): string | undefined {
  const text = exactText(line, 0, line.length);
  if (text === undefined) return 'it is no UTF-8 text';
  const columns = text.replace(/\r$/, '').split('\t');
  const width = SNOWPLOW_COLUMNS.length;
  if (columns.length !== width) return `it has ${columns.length} columns instead of ${width}`;
  for (const [at, column] of columns.entries()) {
    takeText({ ...ROOT, segments: [SNOWPLOW_COLUMNS[at]!] }, column, taker);
  }
  return undefined;
}

/** What Firehose could not deliver; the record within is JSON Lines, if it is whole. */
function readFailure(line: Buffer, taker: ValueTaker): string | undefined {
  const envelope = membersOf(line, 0, line.length);
  if (!envelope.ok) return 'it is no Firehose failure line';
  const raw = stringOf(line, envelope.members.get('rawData'));
  if (raw === undefined) return 'it has no rawData';
  const record = Buffer.from(raw, 'base64');
  let fault: string | undefined;
  for (let at = 0; at < record.length;) {
    const newline = record.indexOf(0x0a, at);
    const end = newline < 0 ? record.length : newline;
    const row = record.subarray(at, end).toString('utf8');
    if (row.trim() !== '') {
      const reason = readJsonValues(record, at, end, taker);
      // What is no JSON may hold personal data all the same.
      if (reason !== undefined) taker.take(['rawData'], 1, row, false);
      fault ??= reason;
    }
    at = end + 1;
  }
  return fault === undefined ? undefined : `the record in its rawData: ${fault}`;
}
