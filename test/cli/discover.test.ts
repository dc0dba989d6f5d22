import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { root } from '../house/import-graph.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lethe-discover-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function discover(...args: string[]) {
  return spawnSync(process.execPath, [join(root, 'bin/lethe.js'), 'discover', ...args], {
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  });
}

const people = Array.from({ length: 40 }, (_, at) => ({
  contact: { mail: `canary${at}@secretplace.org` },
  ssn_no: '807831104',
  order_no: 100_000 + at,
  'evil\u001b[2Jkey': `canary${at}@secretplace.org`,
}));

test('names fields outside the map, escaped and masked, and fails only with --strict', () => {
  const lines = people.map((one) => JSON.stringify(one)).join('\n');
  writeFileSync(join(folder, 'a'), gzipSync(lines));
  const plain = discover(folder);
  expect(plain.status).toBe(0);
  expect(plain.stdout).toContain('contact.mail');
  expect(plain.stdout).toContain("{ path: 'contact.mail', category: 'contact'");
  expect(plain.stdout).not.toContain('order_no');
  expect(plain.stdout).not.toContain('ssn_no');
  const strict = discover(folder, '--strict', '--json');
  expect(strict.status).toBe(1);
  const all = plain.stdout + plain.stderr + strict.stdout + strict.stderr;
  expect(all).not.toMatch(/secretplace|canary\d/);
  expect(all).not.toContain('\u001b');
});

test('names an unreadable file with its reason and fails with --strict', () => {
  writeFileSync(join(folder, 'a.jsonl'), '{"order_no":1}\n{"order_no":"canary@secretplace.org"\n');
  const { status, stderr } = discover(folder, '--strict');
  expect(status).toBe(1);
  expect(stderr).toContain('a.jsonl: 1 of 2 sampled rows');
  expect(stderr).not.toContain('canary');
});

test.each([['s3://'], ['/nowhere/\u001b[2J\u202eat/all'], [tmpdir(), '--rows', '0']])(
  'refuses wrong usage in one line: %s',
  (...args) => {
    const { status, stdout, stderr } = discover(...args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).not.toContain('\u001b');
    expect(stderr).not.toContain('\u202e');
  },
);

test('the same seed looks at the same rows', () => {
  const lines = Array.from({ length: 20 }, (_, file) => {
    const rows = people.map((one, at) => ({ ...one, tel: `+44 20 7946 ${1000 + file * 40 + at}` }));
    return rows.map((row) => JSON.stringify(row)).join('\n');
  });
  lines.forEach((text, at) => writeFileSync(join(folder, `${at}.jsonl`), text));
  const look = (seed: string) =>
    discover(folder, '--json', '--objects', '3', '--rows', '9', '--seed', seed).stdout;
  expect(look('5')).toBe(look('5'));
  expect(look('5').replace('"seed": 5', '')).not.toBe(look('6').replace('"seed": 6', ''));
});

test('a CSV without a header shows none of its first row', () => {
  writeFileSync(join(folder, 'a.csv'), 'Gnollina,Brightwater,a@b.example\nBob,Jones,c@d.example\n');
  const text = discover(folder);
  const json = discover(folder, '--json');
  expect(text.stdout).toContain('column 3');
  const all = text.stdout + text.stderr + json.stdout + json.stderr;
  expect(all).not.toMatch(/Gnollina|Brightwater|Jones|b\.example/);
});
