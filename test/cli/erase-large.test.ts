import { createHash } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { Archive, summaryOf } from './erase-archive.ts';

const MEBIBYTE = 1 << 20;

let archive: Archive;
beforeEach(() => {
  archive = new Archive();
  archive.write('criteria.ndjson', '{"match":{"id":7}}\n{"match":{"nowhere":1}}\n');
});
afterEach(() => archive.remove());

/** What a resumed run would know its work by. */
function journalledHash(state: string): string | undefined {
  const files = Object.entries(archive.tree(state)).filter(([name]) =>
    name.endsWith('objects.ndjson'),
  );
  const entries = files.flatMap(([, text]) => text.trim().split('\n')).map((line) => line.trim());
  const prepared = entries.find((line) => line.includes('"prepared"'));
  return prepared === undefined ? undefined : (JSON.parse(prepared) as { after: string }).after;
}

test('a large file is searched by all workers with the outcome of one', () => {
  const row = (n: number) => `{"id":${n % 1000},"pad":"${'x'.repeat(n % 512)}"}\n`;
  const some = Array.from({ length: 4096 }, (_, n) => row(n)).join('');
  const times = Math.ceil((33 * MEBIBYTE) / some.length);
  // A fault in the second piece; the last row has no line ending.
  archive.write('in/big.jsonl', `\n${some.repeat(times)}{"id":\n{"id":7}\n{"id":8}`);

  const summaries = ['1', '2'].map((jobs) => {
    const out = `out-${jobs}`;
    const run = archive.run(
      ...['erase', '--removal-criteria', 'criteria.ndjson', '--input-directory', 'in'],
      ...['--maximum-matching-proportion', '1', '--jobs', jobs, '--json'],
      ...['--non-matching-output-directory', `${out}/kept`],
      ...['--matching-output-directory', `${out}/gone`, '--state-directory', `${out}/state`],
    );
    const { run: id, seconds, ...same } = summaryOf(run);
    expect([typeof id, typeof seconds]).toEqual(['string', 'number']);
    return same;
  });

  expect(summaries[1]).toEqual(summaries[0]);
  expect(summaries[1]).toMatchObject({
    outcome: 'incomplete',
    rows: 4096 * times + 3,
    // Ids 7, 1007, 2007, 3007 and 4007 of each 4096 rows, and the one at the end.
    matched: 5 * times + 1,
    unparsable: 1,
    residue: 0,
    objects: [{ key: 'big.jsonl', faults: [{ line: 4096 * times + 2 }] }],
  });
  for (const part of ['kept', 'gone']) {
    expect(archive.tree(`out-2/${part}`)).toEqual(archive.tree(`out-1/${part}`));
  }
  // The one worker hashed what it wrote; of two, one hashed what the other wrote.
  const kept = archive.tree('out-1/kept')['big.jsonl']!;
  const hash = createHash('sha256').update(kept, 'latin1').digest('hex');
  expect([journalledHash('out-1/state'), journalledHash('out-2/state')]).toEqual([hash, hash]);
});

test('a million criteria are met in less than 150 MB, by two workers', () => {
  const ids = Array.from(
    { length: 1_000_000 },
    (_, n) => `{"match":{"customer_id":"${n + 1e8}"}}\n`,
  );
  archive.write('criteria.ndjson', ids.join(''));
  // Every other row is one of theirs.
  const row = (n: number) => `{"customer_id":"${1e8 + n * 2}","note":"${'x'.repeat(100)}"}\n`;
  const rows = Array.from({ length: 1_000_000 }, (_, n) => row(n));
  archive.write('in/big.jsonl', rows.join(''));
  // Whoever comes first bundles the command line, which takes memory of its own.
  archive.run('--version');
  const run = archive.runMeasured(
    ...['erase', '--removal-criteria', 'criteria.ndjson', '--input-directory', 'in'],
    ...['--maximum-matching-proportion', '1', '--jobs', '2', '--json', '--in-place'],
  );
  expect(summaryOf(run)).toMatchObject({ outcome: 'done', rows: 1e6, matched: 5e5, residue: 0 });
  expect(run.peak).toBeLessThan(150e6);
});
