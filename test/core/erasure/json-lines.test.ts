import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { MAX_ROW } from '../../../lib/core/erasure/text/row-window.ts';
import { countsOf, erase, matcherOf } from './archive-bytes.ts';
import { expectedOf, modelText, rowModel } from './row-model.ts';

const matcher = matcherOf([{ match: { id: '7' } }]);

async function keptOf(text: string | Buffer): Promise<string> {
  const { kept } = await erase(Buffer.from(text), matcher, 'jsonl');
  return kept.toString('utf8');
}

describe('kept rows stay byte-identical', () => {
  test.each([
    ['a missing last newline', '{"id":1}\n{"id":7}\n{"id":2}', '{"id":1}\n{"id":2}'],
    ['CRLF', '{"id":1}\r\n{"id":7}\r\n{"id":2}\r\n', '{"id":1}\r\n{"id":2}\r\n'],
    ['a BOM', '\ufeff{"id":7}\n{"id":2}\n', '\ufeff{"id":2}\n'],
    ['blank lines', '\n{"id":7}\n  \t\r\n{"id":2}\n\n', '\n  \t\r\n{"id":2}\n\n'],
    ['U+2028 and U+0085', '{"a":"\u2028\u0085"}\n{"id":7}\n', '{"a":"\u2028\u0085"}\n'],
    ['odd white space', ' { "id" : 1 , "x" : [ ] } \n{"id":7}\n', ' { "id" : 1 , "x" : [ ] } \n'],
    ['a last row that goes', '{"id":1}\n{"id":7}', '{"id":1}\n'],
    ['nothing at all', '', ''],
    ['only rows that go', '{"id":7}\n{"id":"7"}', ''],
    ['no object at all', '12\n"7"\n[]\nnull\n', '12\n"7"\n[]\nnull\n'],
  ])('%s', async (_, before, after) => {
    expect(await keptOf(before)).toBe(after);
  });

  test('removed and kept rows are the object, and the removed ones carry their offsets', async () => {
    const rows = Array.from(
      { length: 50_000 },
      (_, n) => `{"id":${n % 11},"pad":"${'x'.repeat(n % 97)}"}\n`,
    );
    const bytes = Buffer.from(rows.join(''));
    for (const replan of [false, true]) {
      const { kept, matched, removed } = await erase(bytes, matcher, 'jsonl', {
        replan,
        piece: 70_001,
      });
      expect(kept.toString()).toBe(rows.filter((_, n) => n % 11 !== 7).join(''));
      expect(matched.toString()).toBe(rows.filter((_, n) => n % 11 === 7).join(''));
      for (const { offset, bytes: part } of removed) {
        expect(bytes.subarray(offset, offset + part.length).equals(part)).toBe(true);
      }
      expect(Buffer.concat(removed.map((one) => one.bytes)).equals(matched)).toBe(true);
    }
  });
});

describe('a row that could hide a subject is found', () => {
  test.each([
    ['an escaped key', String.raw`{"\u0069d":7}`],
    ['an escaped value', String.raw`{"id":"\u0037"}`],
    ['the first of two equal keys', '{"id":7,"id":1}'],
    ['the last of two equal keys', '{"id":1,"id":7}'],
    ['a nested list', '{"id":[[1],[2,[7]]]}'],
    ['a list as the row', '[{"id":1},{"id":7}]'],
    ['another writing of the number', '{"id":0.7e1}'],
    ['behind a value with a quote', String.raw`{"a":"\"","id":7}`],
    ['behind 300 levels', `{"a":${'['.repeat(300)}${']'.repeat(300)},"id":7}`],
  ])('%s', async (_, row) => {
    expect(await keptOf(`{"id":1}\n${row}\n{"id":2}\n`)).toBe('{"id":1}\n{"id":2}\n');
  });

  test.each([
    ['null', '{"id":null}'],
    ['the value under another key', '{"ids":7}'],
    ['the key as a value', '{"a":"id","b":7}'],
    ['the path one level down', '{"a":{"id":7}}'],
    ['an object in its place', '{"id":{"x":7}}'],
    ['a boolean', '{"id":true}'],
  ])('and one with %s is kept', async (_, row) => {
    expect(await keptOf(`${row}\n`)).toBe(`${row}\n`);
  });
});

describe('a row that can not be read is kept and told', () => {
  test.each([
    ['{"id":7', 'its JSON is cut short'],
    ['{"id":7}{"id":8}', 'it is not valid JSON'],
    ['{"id":07}', 'it is not valid JSON'],
    ['{"id":7,}', 'it is not valid JSON'],
    ["{'id':7}", 'it is not valid JSON'],
    ['{"id":7}\u00a0', 'it is not valid JSON'],
    ['{"a":"\t"}', 'it is not valid JSON'],
    ['\ufeff{"id":7}', 'a byte order mark stands within the file'],
  ])('%s', async (row, reason) => {
    const text = `{"id":1}\n${row}\n{"id":7}\n`;
    const { found, kept } = await erase(Buffer.from(text), matcher, 'jsonl');
    expect(found).toMatchObject({
      rows: 3,
      matched: 1,
      unparsable: 1,
      faults: [{ offset: 9, line: 2, reason }],
    });
    expect(kept.toString()).toBe(`{"id":1}\n${row}\n`);
  });

  test('invalid UTF-8', async () => {
    const bytes = Buffer.concat([
      Buffer.from('{"a":"'),
      Buffer.from([0xed, 0xa0, 0x80]),
      Buffer.from('"}\n'),
    ]);
    const { found } = await erase(bytes, matcher, 'jsonl');
    expect(found).toMatchObject({ unparsable: 1, faults: [{ reason: 'it is not valid UTF-8' }] });
  });

  test('a row longer than memory should hold', async () => {
    const long = Buffer.alloc(MAX_ROW + 100, 'x');
    const bytes = Buffer.concat([
      Buffer.from('{"id":7}\n'),
      long,
      Buffer.from('\n{"id":7}\n{"id":1}\n'),
    ]);
    const { found, kept } = await erase(bytes, matcher, 'jsonl');
    expect(found).toMatchObject({
      rows: 4,
      matched: 2,
      unparsable: 1,
      faults: [{ line: 2, offset: 9 }],
    });
    expect(kept.equals(Buffer.concat([long, Buffer.from('\n{"id":1}\n')]))).toBe(true);
  });

  test('more of them than are listed are still counted', async () => {
    const { found } = await erase(Buffer.from('{\n'.repeat(9000)), matcher, 'jsonl');
    if (found.kind !== 'read') throw new Error('corrupt');
    expect([found.unparsable, found.faults.length, found.faults.at(-1)!.line]).toEqual([
      9000, 100, 100,
    ]);
  });
});

test('paths that no row has are told apart from paths that some row has', async () => {
  const both = matcherOf([{ match: { id: '7' } }, { match: { 'a.b': 1 } }, { match: { typo: 1 } }]);
  const { found } = await erase(Buffer.from('{"id":null}\n{"a":[{"b":{}}]}\n'), both, 'jsonl');
  expect(found.kind === 'read' && [...found.seen]).toEqual([1, 1, 0]);
});

test('names compare without regard to case when asked to', async () => {
  const folded = matcherOf([{ match: { 'User.ID': '7' } }, { match: { größe: '7' } }], {
    ignoreCase: true,
  });
  const rows = ['{"USER":{"Id":7}}', '{"GRÖSSE":7}', '{"GRÖßE":7}', '{"user":{"id":8}}'];
  const { kept } = await erase(Buffer.from(rows.join('\n')), folded, 'jsonl');
  expect(kept.toString()).toBe([rows[1], rows[3]].join('\n'));
});

test('a criterion of several paths takes only the rows that meet all of them', async () => {
  const composite = matcherOf([
    { match: { tenant: 't1', 'user.id': 5 } },
    { match: { tenant: 't2', 'user.id': '6' } },
  ]);
  const rows: string[] = [];
  for (let n = 0; n < 400; n++) {
    const id = n % 3 === 0 ? String(n % 10) : `"${n % 10}"`;
    rows.push(`{"tenant":"t${n % 4}","user":{"id":${id}}}\n`);
  }
  const { kept, found } = await erase(Buffer.from(rows.join('')), composite, 'jsonl');
  const stays = (_: string, n: number) =>
    !(n % 4 === 1 && n % 10 === 5) && !(n % 4 === 2 && n % 10 === 6);
  expect(kept.toString()).toBe(rows.filter(stays).join(''));
  expect(countsOf(found)).toEqual({ rows: 400, matched: 40, unparsable: 0 });
});

describe('the scanner agrees', () => {
  const criteria = [
    { match: { id: '7' } },
    { match: { 'a.b': '1.50' } },
    { match: { 'a.b': true } },
    { match: { name: '' } },
    { match: { id: 'x', name: 'y' } },
    { match: { '["k.k"]': 3 } },
    { match: { id: 12 } },
    { match: { name: 15 } },
    { match: { name: false } },
    { match: { id: 3, name: '1.5' } },
  ];
  const sought = matcherOf(criteria);
  const strict = matcherOf(criteria, { strictTypes: true });

  test('with a naive reading of rows of any make', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(rowModel, fc.infiniteStream(fc.nat({ max: 9 }))), {
          minLength: 12,
          maxLength: 40,
        }),
        fc.boolean(),
        async (rows, isStrict) => {
          const lines = rows.map(([model, choices]) => modelText(model, choices));
          const expected = lines.filter((_, at) => !expectedOf(rows[at]![0], criteria, isStrict));
          const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
          const { kept, found } = await erase(bytes, isStrict ? strict : sought, 'jsonl', {
            piece: 97,
          });
          expect(kept.toString()).toBe(expected.map((line) => `${line}\n`).join(''));
          expect(countsOf(found)).toEqual({
            rows: lines.length,
            matched: lines.length - expected.length,
            unparsable: 0,
          });
        },
      ),
      { numRuns: 150 },
    );
  });

  test('with JSON.parse on what is a row at all, whatever bytes are broken', async () => {
    const lines = [
      '{"id":"7","name":"Zoë","a":{"b":1.5,"c":[1,-2.5e+3,null]},"k":"\\u00e9\\n"}',
      '{"id":1,"name":"","a":[{"b":true}]}',
    ];
    const seed = Buffer.from(`${[...lines, ...lines, ...lines].join('\n')}\n`);
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.tuple(
            fc.nat({ max: seed.length - 1 }),
            fc.oneof(
              fc.nat({ max: 255 }),
              fc.constantFrom(...Buffer.from('"\\,:{}[]\n\r\t 0123-+.eEu')),
            ),
          ),
          { maxLength: 4 },
        ),
        async (changes) => {
          const bytes = Buffer.from(seed);
          for (const [at, byte] of changes) bytes[at] = byte;
          const { found } = await erase(bytes, sought, 'jsonl');
          const { rows, unparsable } = countByParse(bytes);
          expect(countsOf(found)).toMatchObject({ rows, unparsable });
        },
      ),
      { numRuns: 300 },
    );
  });
});

function countByParse(bytes: Buffer): { rows: number; unparsable: number } {
  let rows = 0;
  let unparsable = 0;
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let from = 0;
  while (from < bytes.length) {
    const newline = bytes.indexOf(10, from);
    const end = newline < 0 ? bytes.length : newline;
    const line = bytes.subarray(from, end);
    from = end + 1;
    if (line.every((byte) => byte === 32 || byte === 9 || byte === 13)) continue;
    rows++;
    try {
      JSON.parse(decoder.decode(line));
    } catch {
      unparsable++;
    }
  }
  return { rows, unparsable };
}
