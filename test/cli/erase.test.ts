import { chmodSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { SNOWPLOW_COLUMNS } from '../../lib/core/erasure/criteria/snowplow-columns.ts';
import { Archive, BASE, summaryOf } from './erase-archive.ts';

const ROWS = ['{"id":1}\n', '{"id":7}\n', '{"id":2}\n', '{"id":"7"}\n', '{"id":3}'];
const KEPT = [ROWS[0], ROWS[2], ROWS[4]].join('');
const MAX = ['--maximum-matching-proportion', '0.5'];

let archive: Archive;
beforeEach(() => {
  archive = new Archive();
  archive.write('criteria.ndjson', '{"match":{"id":7}}\n');
  archive.write('in/run=1/a.jsonl', ROWS.join(''));
  archive.write('in/run=1/deep/b', gzipSync(ROWS.join('')));
  archive.write('in/run=2/c.jsonl', '{"id":1}\n');
});
afterEach(() => archive.remove());

describe('lethe erase', () => {
  test('in place takes rows out, keeps the mode, and leaves nothing half-written', () => {
    const path = join(archive.root, 'in/run=1/a.jsonl');
    chmodSync(path, 0o640);
    const untouched = statSync(join(archive.root, 'in/run=2/c.jsonl'));
    const run = archive.erase(...MAX, '--in-place', '--json');
    expect(run.status).toBe(0);
    expect(summaryOf(run)).toMatchObject({
      outcome: 'done',
      rows: 11,
      matched: 4,
      kept: 7,
      residue: 0,
      pathsNeverSeen: [],
      objects: [
        { key: 'run=1/a.jsonl', status: 'erased', format: 'jsonl', rows: 5, matched: 2, kept: 3 },
        { key: 'run=1/deep/b', status: 'erased' },
        { key: 'run=2/c.jsonl', status: 'unchanged' },
      ],
    });
    expect(archive.read('in/run=1/a.jsonl')).toBe(KEPT);
    expect(statSync(path).mode & 0o777).toBe(0o640);
    const tree = archive.tree('in');
    expect(Object.keys(tree)).toEqual(['run=1/a.jsonl', 'run=1/deep/b', 'run=2/c.jsonl']);
    expect(gunzipSync(Buffer.from(tree['run=1/deep/b']!, 'latin1')).toString()).toBe(KEPT);
    const { ino, mtimeMs } = statSync(join(archive.root, 'in/run=2/c.jsonl'));
    expect({ ino, mtimeMs }).toEqual({ ino: untouched.ino, mtimeMs: untouched.mtimeMs });
  });

  test('to directories keeps the layout and leaves the input alone', () => {
    const before = archive.tree('in');
    const out = [
      '--non-matching-output-directory',
      'out/kept',
      '--matching-output-directory',
      'out/gone',
    ];
    expect(archive.erase(...MAX, ...out).status).toBe(0);
    expect(archive.tree('in')).toEqual(before);
    expect(archive.read('out/kept/run=1/a.jsonl')).toBe(KEPT);
    expect(archive.read('out/kept/run=2/c.jsonl')).toBe('{"id":1}\n');
    expect(archive.read('out/gone/run=1/a.jsonl')).toBe('{"id":7}\n{"id":"7"}\n');
    expect(Object.keys(archive.tree('out/gone'))).toEqual(['run=1/a.jsonl', 'run=1/deep/b']);
    const again = archive.erase(...MAX, ...out);
    expect([again.status, again.stderr]).toEqual([2, expect.stringContaining('is not empty')]);
  });

  test('writes nothing in a dry run, nor when the guard stops it', () => {
    const before = archive.tree('.');
    expect(archive.erase(...MAX, '--dry-run', '--json').status).toBe(0);
    const stopped = archive.erase('--maximum-matching-proportion', '0.39', '--in-place', '--json');
    expect(stopped.status).toBe(1);
    expect(summaryOf(stopped)).toMatchObject({
      outcome: 'stopped',
      matched: 4,
      exceeded: [{ prefix: 'run=1/', rows: 10, matched: 4, proportion: 0.4 }],
    });
    const after = archive.tree('in');
    expect(after).toEqual(
      Object.fromEntries(
        Object.entries(before)
          .filter(([name]) => name.startsWith('in/'))
          .map(([name, text]) => [name.slice(3), text]),
      ),
    );
  });

  test('names what it could not read, erases the rest, and exits with 1', () => {
    archive.write('in/run=2/broken.gz', gzipSync(ROWS.join('')).subarray(0, -3));
    archive.write('in/run=2/odd.jsonl', '{"id":1}\n{"id":7\n{"id":7}\n');
    archive.write('in/run=2/what', Buffer.from([1, 2, 3]));
    const before = archive.tree('in');
    const run = archive.erase(...MAX, '--in-place', '--json');
    expect(run.status).toBe(1);
    const { objects, outcome } = summaryOf(run);
    expect(outcome).toBe('incomplete');
    expect(objects.slice(2)).toMatchObject([
      { key: 'run=2/broken.gz', status: 'corrupt' },
      { key: 'run=2/c.jsonl', status: 'unchanged' },
      {
        key: 'run=2/odd.jsonl',
        status: 'incomplete',
        matched: 1,
        faults: [{ line: 2, offset: 9 }],
      },
      { key: 'run=2/what', status: 'corrupt' },
    ]);
    const after = archive.tree('in');
    expect(after['run=2/broken.gz']).toBe(before['run=2/broken.gz']);
    expect(after['run=2/odd.jsonl']).toBe('{"id":1}\n{"id":7\n');
    expect(after['run=1/a.jsonl']).toBe(KEPT);
  });

  test('claims no erasure of a file that it could not write', () => {
    rmSync(join(archive.root, 'in'), { recursive: true });
    archive.write('in/a.jsonl', `{"id":7}\n{"id":1,"pad":"${'x'.repeat(4_000_000)}"}\n`);
    const before = archive.tree('in');
    // No file may grow beyond 1,000 KiB: the disk is full, as it were.
    const limited = archive.runLimited(
      1_000,
      'erase',
      ...BASE,
      ...MAX,
      '--in-place',
      '--jobs',
      '2',
    );
    expect(limited.status).toBe(1);
    expect(limited.stdout).toContain('0 rows of 2 erased, 1 matching row left');
    expect(limited.stdout).not.toContain('gives them back');
    expect(limited.stderr).toContain('a.jsonl: left as it was: the system answered EFBIG');
    expect(archive.tree('in')).toEqual(before);
  });

  test('tells of a file that was erased and could not be read again', () => {
    const path = join(archive.root, 'in/run=1/a.jsonl');
    const before = readFileSync(path, 'utf8');
    // The disk fails at whatever was written.
    const hook = `import fs from 'node:fs';
      import { syncBuiltinESMExports } from 'node:module';
      const { openSync, readFileSync } = fs;
      fs.openSync = (path, ...more) => {
        if (String(path) === ${JSON.stringify(path)} && more[0] === 'r') {
          if (readFileSync(path, 'utf8') !== ${JSON.stringify(before)}) {
            throw Object.assign(new Error('EIO'), { code: 'EIO' });
          }
        }
        return openSync(path, ...more);
      };
      syncBuiltinESMExports();`;
    const run = archive.runHooked(hook, 'erase', ...BASE, ...MAX, '--in-place');
    expect(run.status).toBe(1);
    expect(run.stderr).toContain('a.jsonl: erased, but not verified: the system answered EIO');
    expect(run.stdout).toContain('4 rows of 11 erased');
    expect(archive.tree('in')['run=1/a.jsonl']).toBe(KEPT);
  });

  test('tells of a path that no object has', () => {
    archive.write('criteria.ndjson', '{"match":{"id":7}}\n{"match":{"user.nmae":"x"}}');
    const run = archive.erase(...MAX, '--dry-run');
    expect(run.status).toBe(0);
    expect(run.stderr).toContain('user.nmae');
  });

  test('reads CSV, Snowplow and a header in one go, and the format when it is named', () => {
    archive.write('in/run=3/d', 'x,id\n1,7\n2,8\n3,9\n');
    archive.write('in/run=3/e', 'x,y\n1,7\n');
    expect(archive.erase(...MAX, '--dry-run', '--json').status).toBe(1);
    const named = archive.erase(
      '--maximum-matching-proportion',
      '1',
      '--dry-run',
      '--json',
      '--format',
      'jsonl',
    );
    expect(summaryOf(named).objects.at(-1)).toMatchObject({ unparsable: 2 });
  });

  test('takes R2F’s criteria with a JSONPath, wherever in their file the first one is', () => {
    const json = (jsonPath: string) =>
      JSON.stringify({
        schema: 'iglu:com.snowplowanalytics.snowplow.r2f/removal_criteria/jsonschema/1-0-0',
        data: {
          json: {
            ...{ fieldName: 'unstruct_event', schemaCriterion: 'iglu:a/gone/jsonschema/1-0-*' },
            ...{ jsonPath, valueForWhichEventWillBeDeleted: 'alice@example.com' },
          },
        },
      });
    const event = (recipient: string) =>
      SNOWPLOW_COLUMNS.map((name) =>
        name === 'unstruct_event'
          ? JSON.stringify({
              data: { schema: 'iglu:a/gone/jsonschema/1-0-3', data: { recipient } },
            })
          : '',
      ).join('\t');
    rmSync(join(archive.root, 'in'), { recursive: true });
    archive.write('in/events', `${event('alice@example.com')}\n${event('bob@example.com')}\n`);
    archive.write('criteria.ndjson', `{"match":{"user_id":"7"}}\n${json('$.recipient')}\n`);
    const run = archive.erase(...MAX, '--in-place', '--json');
    expect(summaryOf(run)).toMatchObject({ outcome: 'done', rows: 2, matched: 1, criteria: 2 });
    expect(archive.read('in/events')).toBe(`${event('bob@example.com')}\n`);
    // One that is none is a fault of its line, as any other.
    archive.write('criteria.ndjson', `{"match":{"user_id":"7"}}\n${json('recipient')}\n{}\n`);
    const refused = archive.erase(...MAX, '--in-place');
    expect(refused.stderr).toMatch(/criteria.ndjson:2: jsonPath is not .*\n.*criteria.ndjson:3: /);
  });

  test('refuses a bad criteria file with all of its faults, and changes nothing', () => {
    archive.write('criteria.ndjson', '{"match":{"id":7}}\n{}\n{"match":{"id":null}}\n');
    const before = archive.tree('in');
    const { status, stderr } = archive.erase(...MAX, '--in-place');
    expect(status).toBe(2);
    expect(stderr).toMatch(/criteria.ndjson:2: .*\n.*criteria.ndjson:3: /);
    expect(archive.tree('in')).toEqual(before);
  });

  test('refuses a symbolic link that leads out of the archive', () => {
    archive.write('elsewhere/x.jsonl', '{"id":7}\n');
    symlinkSync(join(archive.root, 'elsewhere'), join(archive.root, 'in/run=2/out'));
    const { status, stderr } = archive.erase(...MAX, '--in-place');
    expect([status, stderr]).toEqual([2, expect.stringContaining('leads outside')]);
    expect(archive.read('elsewhere/x.jsonl')).toBe('{"id":7}\n');
  });

  test('counts kept rows that hold a subject elsewhere when asked to', () => {
    archive.write(
      'criteria.ndjson',
      '{"match":{"id":"anna@example.com"}}\n{"match":{"id":"bo"}}\n',
    );
    const rows = [
      '{"id":"anna@example.com"}',
      '{"id":1,"note":"write to anna@example.com please"}',
      '{"id":2,"note":"Anna@example.com, bo"}',
      '{"id":"banna@example.com"}',
      '{"note":"anna@example.co"}',
    ];
    archive.write('in/run=1/a.jsonl', rows.join('\n'));
    const run = archive.erase(...MAX, '--in-place', '--json', '--residue-report');
    expect(summaryOf(run).objects).toMatchObject([
      { key: 'run=1/a.jsonl', matched: 1, linesWithValues: 2 },
      { key: 'run=1/deep/b', linesWithValues: 0 },
      { key: 'run=2/c.jsonl', linesWithValues: 0 },
    ]);
  });

  test('leaves no identifier in its output or its state', () => {
    archive.write('criteria.ndjson', '{"match":{"id":"canary-4711"}}\n');
    archive.write('in/run=9/d.jsonl', '{"id":"canary-4711"}\n{"id":1,"t":"canary-4711\n');
    const { stdout, stderr } = archive.erase('--maximum-matching-proportion', '1', '--in-place');
    const state = JSON.stringify(archive.tree('.lethe'));
    expect(stdout + stderr + state).not.toContain('canary');
  });
});
