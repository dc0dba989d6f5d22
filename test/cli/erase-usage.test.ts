import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { eraseArchive } from '../../bin/commands/erase/erase-run.ts';
import type { EraseFlags } from '../../bin/commands/erase/options.ts';
import { UsageError } from '../../bin/commands/erase/usage-error.ts';
import { Archive } from './erase-archive.ts';

let archive: Archive;
beforeEach(() => {
  archive = new Archive();
  archive.write('criteria.ndjson', '{"match":{"id":7}}\n');
  archive.write('in/a.jsonl', '{"id":7}\n');
  mkdirSync(join(archive.root, 'in/inner'));
  symlinkSync(join(archive.root, 'in/inner'), join(archive.root, 'link'));
});
afterEach(() => archive.remove());

test.each<[string, Partial<EraseFlags>, RegExp]>([
  ['no place for kept rows', {}, /--in-place/],
  ['two places', { inPlace: true, nonMatchingOutputDirectory: 'o' }, /exclude/],
  ['the input as output', { nonMatchingOutputDirectory: 'in' }, /is the input directory/],
  ['an output within the input', { nonMatchingOutputDirectory: 'in/x/y' }, /inside/],
  ['an output around the input', { nonMatchingOutputDirectory: '.' }, /holds the input/],
  ['an output that leads into the input', { nonMatchingOutputDirectory: 'link/x' }, /inside/],
  [
    'one place for both',
    { nonMatchingOutputDirectory: 'o', matchingOutputDirectory: 'o' },
    /of their own/,
  ],
  ['an unknown format', { inPlace: true, format: 'xml' }, /--format/],
  ['no jobs', { inPlace: true, jobs: '0' }, /--jobs/],
  ['a missing input', { inPlace: true, inputDirectory: 'nowhere' }, /does not exist/],
  ['a file as input', { inPlace: true, inputDirectory: 'criteria.ndjson' }, /not a directory/],
  ['missing criteria', { inPlace: true, removalCriteria: 'nowhere' }, /cannot be read/],
  ['a directory as criteria', { inPlace: true, removalCriteria: 'in' }, /cannot be read/],
  ['a percentage', { inPlace: true, maximumMatchingProportion: '50%' }, /from 0 to 1/],
  ['an endless window', { inPlace: true, undoWindow: '-1' }, /--undo-window/],
])('refuses %s in one line and changes nothing', async (_, more, reason) => {
  const flags: EraseFlags = {
    removalCriteria: 'criteria.ndjson',
    inputDirectory: 'in',
    maximumMatchingProportion: '1',
    format: 'auto',
    undoWindow: '7',
    stateDirectory: '.lethe',
    ...more,
  };
  const places = [
    'removalCriteria',
    'inputDirectory',
    'nonMatchingOutputDirectory',
    'matchingOutputDirectory',
    'stateDirectory',
  ] as const;
  for (const name of places) {
    const place = flags[name];
    if (place !== undefined) flags[name] = join(archive.root, place);
  }
  const before = archive.tree('.');
  const error: unknown = await eraseArchive(flags, { phase: () => undefined }).catch(
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(UsageError);
  const { message } = error as UsageError;
  expect(message).toMatch(reason);
  expect(message).not.toContain('\n');
  expect(archive.tree('.')).toEqual(before);
});
