import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { Archive, summaryOf } from './erase-archive.ts';

const ROWS = '{"id":1}\n{"id":7}\n{"id":2}\n{"id":"7"}';

let archive: Archive;
beforeEach(() => {
  archive = new Archive();
  archive.write('criteria.ndjson', '{"match":{"id":7}}\n');
  archive.write('in/a.jsonl', ROWS);
  archive.write('in/b.gz', gzipSync(ROWS));
});
afterEach(() => archive.remove());

function eraseInPlace(...more: string[]): string {
  const run = archive.erase('--maximum-matching-proportion', '1', '--in-place', '--json', ...more);
  return summaryOf(run).run;
}

describe('lethe undo', () => {
  test('gives back byte-equal content, and keeps nothing afterwards', () => {
    const id = eraseInPlace();
    expect(archive.read('in/a.jsonl')).toBe('{"id":1}\n{"id":2}\n');
    const undone = archive.run('undo', id, '--json');
    expect([undone.status, summaryOf(undone)['outcome']]).toEqual([0, 'restored']);
    const tree = archive.tree('in');
    expect(tree['a.jsonl']).toBe(ROWS);
    expect(gunzipSync(Buffer.from(tree['b.gz']!, 'latin1')).toString()).toBe(ROWS);
    const state = Object.keys(archive.tree('.lethe'));
    expect(state.filter((name) => name.endsWith('.patch') || name.endsWith('.key'))).toEqual([]);
    expect(archive.run('undo', id).status).toBe(0);
    expect(archive.tree('in')).toEqual(tree);
  });

  test('leaves an object alone that was changed since, and says so', () => {
    const id = eraseInPlace();
    archive.write('in/a.jsonl', '{"id":1}\n{"id":9}\n');
    const undone = archive.run('undo', id, '--json');
    expect(undone.status).toBe(1);
    expect(summaryOf(undone)).toMatchObject({
      outcome: 'partly',
      objects: [
        { key: 'a.jsonl', status: 'changed' },
        { key: 'b.gz', status: 'restored' },
      ],
    });
    expect(archive.read('in/a.jsonl')).toBe('{"id":1}\n{"id":9}\n');
    // What was given back is known as such the second time.
    expect(summaryOf(archive.run('undo', id, '--json')).objects[1]).toMatchObject({
      status: 'restored',
    });
  });

  test('tells of objects by name, whichever was rewritten first', () => {
    // The one file is so much larger that another worker has all others done before.
    archive.write('in/0-large.jsonl', ROWS.replace(/$/, '\n').repeat(200_000));
    for (const name of ['z', 'm', 'c']) archive.write(`in/${name}.jsonl`, ROWS);
    const undone = archive.run('undo', eraseInPlace(), '--json');
    expect(summaryOf(undone).objects.map(({ key }) => key)).toEqual([
      '0-large.jsonl',
      ...['a.jsonl', 'b.gz', 'c.jsonl', 'm.jsonl', 'z.jsonl'],
    ]);
  });

  test('is impossible once the window has ended', () => {
    const id = eraseInPlace();
    expect(archive.run('undo', id, '--expire').status).toBe(0);
    const state = Object.keys(archive.tree('.lethe'));
    expect(state.filter((name) => name.endsWith('.patch') || name.endsWith('.key'))).toEqual([]);
    expect(archive.run('undo', id).status).toBe(1);
    expect(archive.read('in/a.jsonl')).toBe('{"id":1}\n{"id":2}\n');
  });

  test('is impossible when no window was asked for', () => {
    const id = eraseInPlace('--undo-window', '0');
    expect(Object.keys(archive.tree('.lethe')).filter((name) => name.endsWith('.patch'))).toEqual(
      [],
    );
    expect(archive.run('undo', id).status).toBe(1);
  });

  test('gives nothing back from a patch that was tampered with', () => {
    const id = eraseInPlace();
    const patch = Object.keys(archive.tree('.lethe')).filter((name) => name.endsWith('.patch'));
    for (const name of patch) archive.write(`.lethe/${name}`, Buffer.alloc(200, 1));
    const before = archive.tree('in');
    expect(archive.run('undo', id).status).toBe(1);
    expect(archive.tree('in')).toEqual(before);
  });

  test('of an unknown run is wrong usage', () => {
    const { status, stderr } = archive.run('undo', '../x');
    expect([status, stderr.trim().split('\n').length]).toEqual([2, 1]);
  });
});
