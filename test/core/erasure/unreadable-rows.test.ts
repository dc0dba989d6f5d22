import * as fc from 'fast-check';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';

import { CompiledMatcher } from '../../../lib/core/erasure/compiled-matcher.ts';
import type { FormatName } from '../../../lib/core/erasure/format.ts';
import { countSuspects } from '../../../lib/core/erasure/formats.ts';
import { readCriteria } from './archive-bytes.ts';

async function suspectsIn(
  bytes: Uint8Array | string,
  matches: readonly object[],
  format: FormatName = 'jsonl',
  normalise?: object,
): Promise<number> {
  const lines = matches.map((match) => JSON.stringify({ match, normalise }));
  const outcome = readCriteria(lines.join('\n'));
  if (!outcome.ok) throw new Error('the test names no criteria');
  const body = Buffer.from(bytes);
  const source = {
    size: body.length,
    chunks: async function* () {
      yield await Promise.resolve(body);
    },
    read: (from: number, to: number) => Promise.resolve(Buffer.from(body.subarray(from, to))),
  };
  const { criteria } = outcome;
  const [reader, searcher] = [new CompiledMatcher(criteria), new CompiledMatcher(criteria)];
  return countSuspects(source, format, reader, searcher);
}

const failure = (record: string | Uint8Array): string =>
  `${JSON.stringify({ attemptsMade: 1, errorCode: 'x', rawData: Buffer.from(record).toString('base64') })}\n`;

describe('rows that cannot be read', () => {
  it('are suspected when a value stands in them, and rows that can be read are not', async () => {
    const rows = '{"id":"someone@x.io"\n{"note":"someone@x.io"}\n{"id":"other@x.io"\n\n';
    expect(await suspectsIn(rows, [{ id: 'someone@x.io' }])).toBe(1);
    expect(await suspectsIn(gzipSync(rows), [{ id: 'someone@x.io' }])).toBe(1);
  });

  it('are suspected for short texts and numbers as words alone', async () => {
    expect(await suspectsIn('{"id":"bob"\n', [{ id: 'bob' }])).toBe(1);
    expect(await suspectsIn('{"id":"bobby"\n', [{ id: 'bob' }])).toBe(0);
    expect(await suspectsIn('{"id":7\n{"id":77\n{"id":-8.0,\n', [{ id: 7 }])).toBe(1);
    expect(await suspectsIn('{"id":70e-1\n', [{ id: 7 }])).toBe(1);
    expect(await suspectsIn('{"id":\u00e9va,\n', [{ id: '\u00e9va' }])).toBe(1);
  });

  it('are suspected for what a failed record carries, also gzipped, and where its line is cut short', async () => {
    const asked = [{ id: '807831104' }];
    const [plain, zipped] = [failure('{"id":"807831104'), failure(gzipSync('id=807831104;'))];
    const cut = failure('{"id":"807831104","more":"text of the record"}').slice(0, 90);
    const other = failure('{"id":"807831105');
    for (const line of [plain, zipped, cut]) {
      expect(await suspectsIn(line, asked, 'firehose-failures'), line).toBe(1);
    }
    expect(await suspectsIn(other, asked, 'firehose-failures')).toBe(0);
    expect(await suspectsIn(plain + other + zipped + cut, asked, 'firehose-failures')).toBe(3);
  });

  it('are suspected however a value with a rule is written in them', async () => {
    const asked = [{ id: '807831104' }];
    const suspects = (line: string, format: FormatName = 'jsonl') =>
      suspectsIn(line, asked, format, { id: 'digits' });
    for (const written of ['807-83-1104', '807 83 1104', 'ssn(807) 83.1104x', '807831104']) {
      expect(await suspects(`{"id":"${written}\n`), written).toBe(1);
      expect(await suspects(failure(`{"id":"${written}`), 'firehose-failures'), written).toBe(1);
    }
    expect(await suspects('{"id":"907-83-1104\n{"id":"807, then 831104\n')).toBe(0);
    const mail = [{ id: 'ann@x.org' }];
    const lower = { id: 'trim-lowercase' };
    expect(await suspectsIn('{"id":"<Ann@X.ORG>\n', mail, 'jsonl', lower)).toBe(1);
    expect(await suspectsIn('{"id":"<Anne@X.ORG>\n', mail, 'jsonl', lower)).toBe(0);
  });

  it('count once each, whichever other rows stand between them and however many they are', async () => {
    const kinds = fc.constantFrom('{"id":"subject-1"\n', '{"id":"bob"\n', '{"id":\n', '{"n":1}\n');
    await fc.assert(
      fc.asyncProperty(fc.array(kinds, { maxLength: 30 }), fc.nat(3), async (rows, times) => {
        const all = Array.from({ length: times }, () => rows).flat();
        const expected = all.filter((row) => /subject-1|bob/.test(row)).length;
        expect(await suspectsIn(all.join(''), [{ id: 'subject-1' }, { id: 'bob' }])).toBe(expected);
      }),
      { numRuns: 40 },
    );
    const many = '{"id":"subject-1"\n{"id":"x\n'.repeat(100_000);
    expect(await suspectsIn(many, [{ id: 'subject-1' }])).toBe(100_000);
  });
});
