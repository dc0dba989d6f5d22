import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { SNOWPLOW_COLUMNS } from '../../../lib/core/erasure/criteria/snowplow-columns.ts';
import type { FormatName } from '../../../lib/core/erasure/format.ts';
import { findInPiece, formatNamed } from '../../../lib/core/erasure/formats.ts';
import { isDivisible, joinFindings, pieceOf } from '../../../lib/core/erasure/text/pieces.ts';
import { matcherOf, objectOf } from './archive-bytes.ts';

const matcher = matcherOf([
  { match: { user_id: '7' } },
  { match: { user_id: '8', app_id: 'x' } },
  {
    schema: 'iglu:com.snowplowanalytics.snowplow.r2f/removal_criteria/jsonschema/1-0-0',
    data: {
      json: {
        fieldName: 'unstruct_event',
        schemaCriterion: 'iglu:a/b/jsonschema/1-*-*',
        jsonPath: '$.mail',
        valueForWhichEventWillBeDeleted: 'a@b.c',
      },
    },
  },
]);

/** As workers search an object: each piece alone, found from its bounds alone. */
async function findByPieces(bytes: Buffer, format: FormatName, bounds: readonly number[]) {
  const source = objectOf(bytes);
  const ends = [...bounds.map((at) => at % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  const pieces = await Promise.all(
    ends.map((to, index) => pieceOf(source, { from: ends[index - 1] ?? 0, to })),
  );
  const found = [];
  for (const { from, to } of pieces) {
    const rows = objectOf(bytes.subarray(from, to), 13);
    found.push(await findInPiece(rows, matcher, format, { isFirst: from === 0, isPlanned: true }));
  }
  expect(pieces.map(({ from }) => from)).toEqual([0, ...pieces.slice(0, -1).map(({ to }) => to)]);
  expect(pieces.at(-1)!.to).toBe(bytes.length);
  return joinFindings(found, pieces);
}

const unstruct = (mail: string) =>
  `{"schema":"u","data":{"schema":"iglu:a/b/jsonschema/1-0-0","data":{"mail":"${mail}"}}}`;
const event = (columns: Record<string, string>) =>
  SNOWPLOW_COLUMNS.map((name) => columns[name] ?? '').join('\t');

const LINES: Partial<Record<FormatName, readonly string[]>> = {
  jsonl: [
    ...['{"user_id":7}', '{"user_id":"1","app_id":"x"}', '{"app_id":"x","user_id":8}', '{"a":'],
    ...['', ' \t', '\ufeff{"user_id":7}', '[{"user_id":"7"}]', '\u2028', 'x'.repeat(99)],
  ],
  snowplow: [
    event({ user_id: '7' }),
    event({ user_id: '8', app_id: 'x' }),
    event({ user_id: '1', unstruct_event: unstruct('a@b.c') }),
    event({ unstruct_event: unstruct('d@e.f') }),
    ...['', 'a\tb', '\ufeff'],
  ],
  'firehose-failures': [
    '{"attemptsMade":1,"errorCode":"x","rawData":"eyJ1c2VyX2lkIjo3fQ=="}',
    '{"attemptsMade":1,"errorCode":"x","rawData":"eyJ1c2VyX2lkIjoxfQ=="}',
    ...['{"rawData":"?"}', ''],
  ],
};

test.each(Object.keys(LINES) as FormatName[])(
  'a %s object searched in pieces is answered as if it were searched whole',
  async (format) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...LINES[format]!), { maxLength: 20 }),
        fc.constantFrom('\n', '\r\n'),
        fc.boolean(),
        fc.boolean(),
        fc.array(fc.nat(), { maxLength: 5 }),
        async (lines, ending, isClosed, isMarked, bounds) => {
          const text = lines.join(ending) + (isClosed ? ending : '');
          const bytes = Buffer.from((isMarked ? '\ufeff' : '') + text);
          const whole = await formatNamed(format).find(objectOf(bytes), matcher);
          const { seen, ...joined } = await findByPieces(bytes, format, bounds);
          expect(joined).toEqual({ ...whole, seen: undefined });
          if (whole.kind !== 'read' || whole.unparsable > 0) return;
          // Of a JSONPath only rows at the beginning are asked, which small pieces may lack.
          const fields = matcher.paths.filter(({ kind }) => kind === 'field').length;
          expect(seen.slice(0, fields)).toEqual(whole.seen.slice(0, fields));
        },
      ),
    );
  },
);

test.each<[string, FormatName, Buffer, boolean]>([
  ['plain lines', 'jsonl', Buffer.from('{}\n'), true],
  ['an empty object', 'snowplow', Buffer.alloc(0), true],
  ['gzip', 'jsonl', Buffer.from([0x1f, 0x8b, 8]), false],
  ['CSV, whose quotes may hold newlines', 'csv', Buffer.from('a,b\n'), false],
  ['Parquet', 'parquet', Buffer.from('PAR1'), false],
])('%s can be searched in pieces, or not', async (_, format, bytes, expected) => {
  expect(await isDivisible(objectOf(bytes), format)).toBe(expected);
});

test('a piece that looks compressed is still rows', async () => {
  const bytes = Buffer.concat([Buffer.from('{"user_id":7}\n'), Buffer.from([0x1f, 0x8b, 0x0a])]);
  const found = await findByPieces(bytes, 'jsonl', [14]);
  expect(found).toMatchObject({ rows: 2, matched: 1, unparsable: 1 });
  expect(found.faults).toMatchObject([{ offset: 14, line: 2 }]);
});
