import { Buffer } from 'node:buffer';
import { SNOWPLOW_COLUMNS } from '../../../../lib/core/erasure/criteria/snowplow-columns.ts';

/** Makes an object large enough for a filter to be worth while. */
export const FILLER = `{"filler":"${'x'.repeat(60_000)}"}\n`;
const PAD = 'p'.repeat(60_000);
const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
export type Rows = readonly (readonly [string, string])[];
const jsonLines = (rows: Rows): string =>
  rows.map(([id, label]) => `${JSON.stringify({ user_id: id, se_label: label })}\n`).join('');

const WRITE = {
  jsonl: (rows: Rows) => jsonLines(rows) + FILLER,
  csv: (rows: Rows) =>
    `user_id,other,se_label\n${rows.map(([id, label]) => `${quoted(id)},x,${quoted(label)}\r\n`).join('')}1,${PAD},2\n`,
  snowplow: (rows: Rows) =>
    [...rows, ['', ''] as const]
      .map(([id, label], at) =>
        SNOWPLOW_COLUMNS.map((name) =>
          name === 'user_id'
            ? id
            : name === 'se_label'
              ? label
              : name === 'useragent' && at === rows.length
                ? PAD
                : '',
        ).join('\t'),
      )
      .join('\n'),
  'firehose-failures': (rows: Rows) =>
    [jsonLines(rows), FILLER]
      .map((record) =>
        JSON.stringify({
          attemptsMade: 1,
          arrivalTimestamp: 1,
          errorCode: 'x',
          errorMessage: 'y',
          rawData: Buffer.from(record).toString('base64'),
        }),
      )
      .join('\n'),
};

/** Rows of a `user_id` and an `se_label`, and one more, which makes a filter worth while. */
export function writeRows(format: keyof typeof WRITE, rows: Rows): string {
  return WRITE[format](rows);
}
