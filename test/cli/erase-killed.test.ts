import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { Archive, summaryOf } from './erase-archive.ts';

const FILES = 12;
const ROWS = 20_000;

const row = (file: number, n: number) => `{"id":${n % 50},"file":${file},"n":${n}}\n`;
const rows = (file: number, kept: boolean) => {
  let text = '';
  for (let n = 0; n < ROWS; n++) if (!kept || n % 50 !== 7) text += row(file, n);
  return text;
};
const expected: Record<string, string> = {};
const original: Record<string, string> = {};
for (let file = 0; file < FILES; file++) {
  const name = `run=${file % 3}/${String(file).padStart(2, '0')}.jsonl`;
  original[name] = rows(file, false);
  expected[name] = rows(file, true);
}
const IN_PLACE = ['--maximum-matching-proportion', '0.02', '--in-place', '--json', '--jobs', '2'];

let archive: Archive;
beforeEach(() => {
  archive = new Archive();
  archive.write('criteria.ndjson', '{"match":{"id":7}}\n');
  for (const [name, text] of Object.entries(original)) archive.write(`in/${name}`, text);
});
afterEach(() => archive.remove());

/** Names the files that differ, rather than show them. */
function expectTree(folder: string, wanted: Record<string, string>): void {
  const tree = archive.tree(folder);
  expect(Object.keys(tree)).toEqual(Object.keys(wanted).sort());
  expect(Object.keys(wanted).filter((name) => tree[name] !== wanted[name])).toEqual([]);
}

/** Every file is whole, old or new; files that are not finished are named as such. */
function expectWholeFiles(): void {
  for (const [name, text] of Object.entries(archive.tree('in'))) {
    if (name.endsWith('.lethe-unfinished')) continue;
    expect(text === original[name] || text === expected[name]).toBe(true);
  }
}

describe('a run that is killed', () => {
  test.each([
    ['before its first file is ready', () => archive.journalled('"seen"') > 0],
    ['in its midst', () => archive.journalled('renamed') > FILES / 2],
    ['at its end', () => archive.journalled('renamed') >= FILES],
  ])('%s goes on when it is run again, and ends in the same state', async (_, due) => {
    await archive.eraseKilled(due, ...IN_PLACE);
    expectWholeFiles();
    const run = archive.erase(...IN_PLACE);
    expect(run.status).toBe(0);
    expectTree('in', expected);
    const summary = summaryOf(run);
    // At its very end it may just have finished: then this was another run, with nothing to do.
    if (summary['resumed'] !== true) {
      expect(archive.journalled('renamed')).toBe(FILES);
      return;
    }
    expect(summary).toMatchObject({ rows: FILES * ROWS, matched: (FILES * ROWS) / 50 });
    expect(archive.run('undo', summary.run).stderr).toBe('');
    expectTree('in', original);
  });

  test('again and again still ends in the same state', async () => {
    for (const wait of [1, 3, 6]) {
      await archive.eraseKilled(() => archive.journalled('renamed') >= wait, ...IN_PLACE);
      expectWholeFiles();
    }
    expect(archive.erase(...IN_PLACE).status).toBe(0);
    expectTree('in', expected);
  });

  test('while it writes to directories goes on as well', async () => {
    const out = [
      ...['--maximum-matching-proportion', '0.02', '--json'],
      ...['--non-matching-output-directory', 'kept', '--matching-output-directory', 'gone'],
    ];
    const isKilled = await archive.eraseKilled(() => archive.journalled('renamed') > 3, ...out);
    const run = archive.erase(...out);
    expect(run.status).toBe(isKilled ? 0 : 2);
    expectTree('in', original);
    expectTree('kept', expected);
    expect(Object.values(archive.tree('gone')).join('').split('\n').length - 1).toBe(
      (FILES * ROWS) / 50,
    );
  });
});

test('two runs on one directory do not mix', async () => {
  const first = archive.eraseKilled(() => archive.journalled('renamed') >= FILES, ...IN_PLACE);
  while (archive.journalled('"seen"') === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  const second = archive.erase(...IN_PLACE);
  await first;
  expectWholeFiles();
  expect([0, 2]).toContain(second.status);
});
