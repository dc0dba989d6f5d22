import { readdirSync, readFileSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { IndexSummary } from '../../bin/commands/index/index-archive.ts';
import { Archive } from './erase-archive.ts';

let archive: Archive;
beforeEach(() => {
  archive = new Archive();
  for (let file = 0; file < 6; file++) {
    const lines = Array.from({ length: 500 }, (_, row) =>
      JSON.stringify({ ssn_no: String(100_000_000 + file * 1000 + row), note: 'n'.repeat(90) }),
    ).join('\n');
    if (file % 2 === 0) archive.write(`in/2026/${file}.jsonl`, `${lines}\n`);
    else archive.write(`in/2026/${file}.gz`, gzipSync(lines));
  }
  archive.write('criteria.ndjson', '{"match":{"ssn_no":"100002007"}}\n');
});
afterEach(() => archive.remove());

function index(...more: string[]): IndexSummary {
  const { status, stdout, stderr } = archive.run('index', 'in', '--json', ...more);
  expect({ status, stderr }).toMatchObject({ status: 0 });
  return JSON.parse(stdout) as IndexSummary;
}

const ERASE = [
  'erase',
  ...['--input-directory', 'in', '--removal-criteria', 'criteria.ndjson'],
  ...['--maximum-matching-proportion', '0.1', '--json'],
];

function erase(...more: string[]) {
  const { status, stdout, stderr } = archive.run(...ERASE, ...more);
  expect({ status, stderr }).toMatchObject({ status: 0 });
  const summary = JSON.parse(stdout) as Record<string, unknown>;
  return { ...summary, seconds: 0, run: '', undoUntil: '' };
}

describe('lethe index', () => {
  test('writes a filter for each file, once, and again only for what changed', () => {
    expect(index()).toMatchObject({ objects: 6, written: 6, kept: 0, values: 3000, without: {} });
    expect(index()).toMatchObject({ objects: 6, written: 0, kept: 6 });
    archive.write('in/2026/0.jsonl', archive.read('in/2026/2.jsonl'));
    expect(index()).toMatchObject({ objects: 6, written: 1, kept: 5 });
  });

  test('keeps filters apart from the archive, in files that only the owner reads', () => {
    const before = archive.tree('in');
    index();
    expect(archive.tree('in')).toEqual(before);
    const filters = join(archive.root, 'in.filters');
    const names = readdirSync(filters, { recursive: true, encoding: 'utf8' })
      .map((name) => join(filters, name))
      .filter((path) => statSync(path).isFile());
    expect(names).toHaveLength(6);
    for (const path of names) {
      expect(statSync(path).mode & 0o077).toBe(0);
      const told = path.slice(filters.length) + readFileSync(path, 'latin1');
      expect(told).not.toMatch(/10000[0-9]{4}|\.jsonl|2026\//);
    }
  });

  test('counts what can have no filter, by the reason', () => {
    archive.write('in/broken.jsonl', '{"ssn_no":"1"\n');
    archive.write('in/empty', '');
    archive.write('in/small.jsonl', '{"ssn_no":"1"}\n');
    expect(index()).toMatchObject({
      written: 6,
      without: { unparsable: 1, empty: 1, 'not-worth-it': 1 },
    });
  });

  test.each([
    [['index', 'nowhere']],
    [['index', 'in', '--filters', 'in/filters']],
    [['index', 'in', '--identifiers', 'a..b']],
    [['index', 'in', '--format', 'xml']],
    [['index', 's3://bucket/archive/']],
    [['index', 's3://bucket/archive/', '--filters', 's3://bucket/filters/']],
  ])('refuses wrong usage in one line: %j', (args) => {
    const { status, stdout, stderr } = archive.run(...args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});

describe('lethe erase --filters', () => {
  test('answers what it answers without, in a dry run and into a directory', () => {
    index();
    const filters = ['--filters', 'in.filters'];
    const plain = erase('--dry-run');
    expect(plain).toMatchObject({ rows: 3000, matched: 1, pathsNeverSeen: [] });
    expect(erase('--dry-run', ...filters)).toEqual(plain);
    erase('--non-matching-output-directory', 'a');
    erase('--non-matching-output-directory', 'b', ...filters);
    expect(archive.tree('b')).toEqual(archive.tree('a'));
  });

  test('reads a file that was changed behind the back of its filter', () => {
    index();
    const path = archive.write('in/2026/0.jsonl', '{"ssn_no":"100002007"}\n');
    utimesSync(path, 1, 1);
    expect(erase('--dry-run', '--filters', 'in.filters')).toMatchObject({ matched: 2 });
  });

  test('takes away the filters of what it rewrote in place', () => {
    index();
    expect(erase('--in-place', '--filters', 'in.filters')).toMatchObject({ matched: 1 });
    expect(Object.keys(archive.tree('in.filters'))).toHaveLength(5);
    expect(index()).toMatchObject({ written: 1, kept: 5 });
    expect(erase('--dry-run', '--filters', 'in.filters')).toMatchObject({ matched: 0, rows: 2999 });
  });
});
