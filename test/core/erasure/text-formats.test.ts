import { Buffer } from 'node:buffer';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';

import { SNOWPLOW_COLUMNS } from '../../../lib/core/erasure/criteria/snowplow-columns.ts';
import { detectFormat } from '../../../lib/core/erasure/detect.ts';
import { formatNamed } from '../../../lib/core/erasure/formats.ts';
import { Collected, countsOf, erase, matcherOf, objectOf } from './archive-bytes.ts';

const matcher = matcherOf([{ match: { user_id: '7' } }, { match: { 'user.name': 'a "b", c' } }]);

function event(columns: Record<string, string>): string {
  return SNOWPLOW_COLUMNS.map((name) => columns[name] ?? '').join('\t');
}

describe('Snowplow events', () => {
  const R2F = 'iglu:com.snowplowanalytics.snowplow.r2f/removal_criteria/jsonschema/1-0-0';
  const json = (fieldName: string, schemaCriterion: string, jsonPath: string, value: string) => ({
    schema: R2F,
    data: {
      json: { fieldName, schemaCriterion, jsonPath, valueForWhichEventWillBeDeleted: value },
    },
  });
  const sought = matcherOf([
    { schema: R2F, data: { pojo: { fieldName: 'user_id', valueForWhichEventWillBeDeleted: '7' } } },
    json('unstruct_event', 'iglu:a/gone/jsonschema/1-0-*', '$.recipient', 'alice@example.com'),
    json('contexts', 'iglu:a/user/jsonschema/1-0-1', '$.ids[*]', 'x1'),
    { match: { 'derived_contexts.data.data.id': 9 } },
    { match: { true_tstamp: 'last' } },
  ]);
  const unstruct = (schema: string, data: unknown) =>
    JSON.stringify({ schema: 'iglu:s/u/jsonschema/1-0-0', data: { schema, data } });
  const contexts = (...data: [string, unknown][]) =>
    JSON.stringify({ schema: 's', data: data.map(([schema, inner]) => ({ schema, data: inner })) });

  test.each<[string, Record<string, string>, boolean]>([
    ['a column', { user_id: '7' }, true],
    ['a column in another case', { user_id: 'x7' }, false],
    ['an empty column', { user_id: '' }, false],
    ['the last column', { true_tstamp: 'last' }, true],
    [
      'an event',
      {
        unstruct_event: unstruct('iglu:a/gone/jsonschema/1-0-3', {
          recipient: 'alice@example.com',
        }),
      },
      true,
    ],
    [
      'an escaped value',
      {
        unstruct_event: unstruct('iglu:a/gone/jsonschema/1-0-3', {
          recipient: 'alice@example.com',
        }).replace('alice', String.raw`\u0061lice`),
      },
      true,
    ],
    [
      'another schema',
      {
        unstruct_event: unstruct('iglu:a/kept/jsonschema/1-0-3', {
          recipient: 'alice@example.com',
        }),
      },
      false,
    ],
    [
      'another place',
      { unstruct_event: unstruct('iglu:a/gone/jsonschema/1-0-3', { sender: 'alice@example.com' }) },
      false,
    ],
    [
      'a context',
      {
        contexts: contexts(
          ['iglu:a/x/jsonschema/1-0-0', {}],
          ['iglu:a/user/jsonschema/1-0-0', { ids: ['x1'] }],
        ),
      },
      true,
    ],
    [
      'two nodes instead of one',
      { contexts: contexts(['iglu:a/user/jsonschema/1-0-0', { ids: ['x1', 'x2'] }]) },
      false,
    ],
    [
      'a later addition of the schema',
      { contexts: contexts(['iglu:a/user/jsonschema/1-0-2', { ids: ['x1'] }]) },
      false,
    ],
    ['a field within a column', { derived_contexts: contexts(['s', { id: '9' }]) }, true],
  ])('%s', async (_, columns, goes) => {
    // Far into the object, where the scanner no longer samples.
    const filler =
      `${event({ user_id: 'u', contexts: contexts(['iglu:a/user/jsonschema/1-0-0', { ids: ['z'] }]), unstruct_event: unstruct('iglu:a/gone/jsonschema/1-0-0', { recipient: 'z' }) })}\n`.repeat(
        400,
      );
    const row = `${event(columns)}\n`;
    const { kept, found } = await erase(Buffer.from(filler + row + filler), sought, 'snowplow');
    expect(countsOf(found)).toEqual({ rows: 801, matched: goes ? 1 : 0, unparsable: 0 });
    expect(kept.toString()).toBe(filler + (goes ? '' : row) + filler);
  });

  test('a row with another number of columns, or a broken column, is kept and told', async () => {
    const rows = [
      event({ user_id: '7' }).slice(0, -1),
      `${event({ user_id: '7' })}\t`,
      event({ contexts: '{"data":' }),
      event({ contexts: '{}' }),
      event({ user_id: '7' }),
    ];
    const { found, kept } = await erase(Buffer.from(rows.join('\r\n')), sought, 'snowplow');
    expect(found).toMatchObject({ rows: 5, matched: 1, unparsable: 4 });
    expect(found.kind === 'read' && found.faults.map(({ reason }) => reason)).toEqual([
      'it has 130 columns, not 131',
      'it has 132 columns, not 131',
      'column contexts: its JSON is cut short',
      'column contexts: it is not self-describing JSON',
    ]);
    expect(kept.toString()).toBe(`${rows.slice(0, 4).join('\r\n')}\r\n`);
  });

  test('paths are seen where events have them', async () => {
    const rows = event({ contexts: contexts(['iglu:a/user/jsonschema/1-0-0', { ids: ['q'] }]) });
    const { found } = await erase(Buffer.from(rows), sought, 'snowplow');
    expect(found.kind === 'read' && [...found.seen]).toEqual([1, 0, 1, 0, 1]);
  });
});

describe('CSV', () => {
  test.each([
    ['plain', 'user_id,x\n7,a\n8,b\n', 'user_id,x\n8,b\n'],
    ['quoted', 'x,"user_id"\r\na,"7"\r\nb,"8"\r\n', 'x,"user_id"\r\nb,"8"\r\n'],
    ['newlines in quotes', 'x,user_id\n"a\n7\n",8\n"\n",7\n"c",9', 'x,user_id\n"a\n7\n",8\n"c",9'],
    ['doubled quotes', 'user.name,x\n"a ""b"", c",1\n"a ""b""",2\n', 'user.name,x\n"a ""b""",2\n'],
    ['semicolons', 'x;user_id\n1,5;7\n1,5;8\n', 'x;user_id\n1,5;8\n'],
    ['a BOM and blank lines', '\ufeffuser_id,x\n\n7,1\n\r\n8,2', '\ufeffuser_id,x\n\n\r\n8,2'],
    ['empty fields', 'user_id,x\n,1\n"",2\n7,3\n', 'user_id,x\n,1\n"",2\n'],
    ['a header alone', 'user_id,x', 'user_id,x'],
  ])('%s', async (_, before, after) => {
    for (const piece of [1, 1000]) {
      const { kept, found } = await erase(Buffer.from(before), matcher, 'csv', { piece });
      expect(kept.toString()).toBe(after);
      expect(found).toMatchObject({ unparsable: 0 });
    }
  });

  test('removed rows come with the header', async () => {
    const { matched } = await erase(Buffer.from('user_id,x\n7,1\n8,2\n'), matcher, 'csv');
    expect(matched.toString()).toBe('user_id,x\n7,1\n');
  });

  test('a quoted empty field is the empty text, one without quotes is none', async () => {
    const empty = matcherOf([{ match: { x: '' } }]);
    const { kept } = await erase(Buffer.from('x,y\n,1\n"",2\n'), empty, 'csv');
    expect(kept.toString()).toBe('x,y\n,1\n');
  });

  test.each([
    ['too few fields', '7', 'it has 1 fields, its header 2'],
    ['a bare quote', '7,a"b', 'a quote stands within a field that is not quoted'],
    ['text after a quote', '"7"x,1', 'text follows a closing quote'],
  ])('a record with %s is kept and told, and the next is read', async (_, row, reason) => {
    const text = `user_id,x\n8,1\n${row}\n7,1\n`;
    const { found, kept } = await erase(Buffer.from(text), matcher, 'csv');
    expect(found).toMatchObject({
      rows: 3,
      matched: 1,
      unparsable: 1,
      faults: [{ line: 2, reason }],
    });
    expect(kept.toString()).toBe(`user_id,x\n8,1\n${row}\n`);
  });

  test('a quote that is never closed leaves the object untouched', async () => {
    const { found } = await erase(Buffer.from('user_id,x\n7,1\n8,"x\n7,1\n'), matcher, 'csv');
    expect(found).toMatchObject({ kind: 'corrupt', offset: 14 });
  });
});

describe('Firehose failure files', () => {
  const line = (record: string) =>
    JSON.stringify({
      attemptsMade: 4,
      arrivalTimestamp: 1,
      errorCode: 'Lambda.FunctionError',
      errorMessage: 'x',
      rawData: Buffer.from(record).toString('base64'),
    });

  test('lose the lines whose record holds a subject', async () => {
    const rows = [
      line('{"user_id":7}\n'),
      line('{"user_id":8}'),
      line('{"user_id":8}\n{"user_id":"7"}\n'),
    ];
    const { kept, found } = await erase(Buffer.from(rows.join('\n')), matcher, 'firehose-failures');
    expect(kept.toString()).toBe(`${rows[1]!}\n`);
    expect(countsOf(found)).toEqual({ rows: 3, matched: 2, unparsable: 0 });
  });

  test('keep and tell the lines whose record can not be read', async () => {
    const rows = [line('{"user_id":7'), '{"rawData":"%%"}', '{"rawData":7}', 'x', line('')];
    const { found } = await erase(Buffer.from(rows.join('\n')), matcher, 'firehose-failures');
    expect(countsOf(found)).toEqual({ rows: 5, matched: 0, unparsable: 5 });
  });
});

describe('compressed objects', () => {
  const before = '{"user_id":1}\n{"user_id":7}\n{"user_id":2}\n';
  const after = '{"user_id":1}\n{"user_id":2}\n';

  test('gzip of several members is rewritten as gzip', async () => {
    const bytes = Buffer.concat([gzipSync(before.slice(0, 20)), gzipSync(before.slice(20))]);
    for (const replan of [false, true]) {
      const { kept, matched, found } = await erase(bytes, matcher, 'jsonl', { replan, piece: 5 });
      expect(countsOf(found)).toEqual({ rows: 3, matched: 1, unparsable: 0 });
      expect(gunzipSync(kept).toString()).toBe(after);
      expect(gunzipSync(matched).toString()).toBe('{"user_id":7}\n');
    }
  });

  test('zstd is rewritten as zstd', async () => {
    const plain = new Collected();
    const { ZstdSink } = await import('../../../lib/core/erasure/compression/zstd.ts');
    const sink = new ZstdSink(plain);
    const many = before.repeat(200_000);
    await sink.write(Buffer.from(many));
    await sink.end();
    const { kept, found } = await erase(plain.bytes(), matcher, 'jsonl', { piece: 4096 });
    expect(countsOf(found)).toEqual({ rows: 600_000, matched: 200_000, unparsable: 0 });
    const again = await erase(kept, matcher, 'jsonl');
    expect(countsOf(again.found)).toEqual({ rows: 400_000, matched: 0, unparsable: 0 });
    expect(kept.subarray(0, 4).toString('hex')).toBe('28b52ffd');
  });

  test.each([
    ['a gzip that is cut short', (bytes: Buffer) => bytes.subarray(0, -5)],
    [
      'a gzip with a broken byte',
      (bytes: Buffer) => Buffer.from(bytes.map((byte, at) => (at === 14 ? byte ^ 0xff : byte))),
    ],
    [
      'a gzip with a wrong checksum',
      (bytes: Buffer) =>
        Buffer.from(bytes.map((byte, at) => (at === bytes.length - 6 ? byte ^ 1 : byte))),
    ],
    [
      'a gzip with something behind it',
      (bytes: Buffer) => Buffer.concat([bytes, Buffer.from('more')]),
    ],
    [
      'a gzip with a broken second member',
      (bytes: Buffer) => Buffer.concat([bytes, bytes.subarray(0, 12)]),
    ],
  ])('%s is named and left untouched', async (_, damage) => {
    const { found } = await erase(damage(gzipSync(before)), matcher, 'jsonl');
    expect(found.kind).toBe('corrupt');
  });

  test('a zstd that is cut short is named and left untouched', async () => {
    const plain = new Collected();
    const { ZstdSink } = await import('../../../lib/core/erasure/compression/zstd.ts');
    const sink = new ZstdSink(plain);
    await sink.write(Buffer.from(before.repeat(1000)));
    await sink.end();
    const { found } = await erase(plain.bytes().subarray(0, -9), matcher, 'jsonl');
    expect(found.kind).toBe('corrupt');
  });
});

describe('the format is told by content', () => {
  test.each<[string, string | Buffer, string | undefined]>([
    ['JSON Lines', '\n {"a":1}\n', 'jsonl'],
    ['JSON Lines in gzip', gzipSync('{"a":1}\n'), 'jsonl'],
    ['Firehose failures', '{"attemptsMade":1,"errorCode":"x","rawData":""}\n', 'firehose-failures'],
    ['Snowplow', event({ app_id: 'x' }), 'snowplow'],
    ['CSV that has a path', 'x,user_id\n1,2\n', 'csv'],
    ['CSV that has none', 'x,y\n1,2\n', undefined],
    ['a Snowplow row that lacks a column', event({ user_id: '1' }).slice(1), undefined],
    ['Parquet', 'PAR1....PAR1', 'parquet'],
    ['Parquet with an encrypted footer', 'PARE....PARE', 'parquet'],
    ['nothing', '', 'jsonl'],
    ['blank lines', '\n\n  \n', 'jsonl'],
    ['something else', Buffer.from([1, 2, 3, 4, 5]), undefined],
  ])('%s', async (_, bytes, expected) => {
    expect(await detectFormat(objectOf(Buffer.from(bytes)), matcher)).toBe(expected);
  });
});

const STEP = 64 << 10;
const BLANKS = ['\n', ' \r\n', `${' '.repeat(STEP - 1)}\n`, `\n${'\t'.repeat(2 * STEP)}\n`];

test.each([
  ['jsonl', '{"user_id":7}'],
  ['snowplow', event({ user_id: '7' })],
  // A CSV's header is its first line, whatever is in it.
  [undefined, 'user_id,b'],
])('a %s object is told after any number of blank lines', async (format, row) => {
  for (const blank of BLANKS) {
    const times = Math.ceil((3 * STEP) / blank.length);
    const bytes = Buffer.from(`${blank.repeat(times)}${row}\n`);
    expect(await detectFormat(objectOf(bytes, 1000), matcher)).toBe(format);
  }
});

test('a source that changes between search and rewriting is not rewritten wrongly', async () => {
  const format = formatNamed('jsonl');
  const found = await format.find(objectOf(Buffer.from('{"user_id":7}\n{"user_id":1}\n')), matcher);
  const plan = found.kind === 'read' ? found.plan : undefined;
  const longer = objectOf(Buffer.from('{"user_id":7}\n{"user_id":1}\n{"user_id":2}\n'));
  const outcome = await format.forget(longer, matcher, plan, { kept: new Collected() });
  expect(outcome.kind).toBe('corrupt');
});
