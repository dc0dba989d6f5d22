import { describe, expect, test } from 'vitest';

import { discoverIn } from './discovering.ts';

const MAILS = Array.from({ length: 30 }, (_, n) => `person${n}@example.org`);

const csv = (header: string, row: (mail: string, n: number) => string): string =>
  [header, ...MAILS.map(row)].join('\n');

describe('the first line of a CSV names its columns only by evidence', () => {
  test.each<[string, string, string[]]>([
    ['known words', csv('customer_id,mail', (mail, n) => `${n},${mail}`), ['mail: email']],
    [
      'a foreign word above numbers',
      csv('klucz;mail', (mail, n) => `${n};${mail}`),
      ['mail: email'],
    ],
    [
      'a word among known ones that may be a name',
      csv('customer_id,email,Gnoll', (mail, n) => `${n},x,${mail}`),
      ['column 3: email'],
    ],
    [
      'names and a town',
      csv('Ann,Smith,Berlin', (mail, n) => `Bob${n},${mail},Paris`),
      ['column 2: email'],
    ],
    [
      'a name that comes again below',
      csv('name,email', (mail, n) => (n === 7 ? `name,${mail}` : `x,${mail}`)),
      ['column 2: email'],
    ],
    ['an address', csv('ann@example.org,Ann', (mail) => `${mail},Bob`), ['column 1: email']],
    [
      'a missing value above numbers',
      csv('Ann,unknown,Smith', (mail, n) => `${mail},${n},Jones`),
      ['column 1: email'],
    ],
    ['one name twice', csv('mail,mail', (mail) => `${mail},x`), ['column 1: email']],
    ['one column of known words', csv('mail', (mail) => mail), ['mail: email']],
  ])('%s', async (_, text, told) => {
    expect((await discoverIn([text])).told).toEqual(told);
  });

  test('one column of names is no CSV', async () => {
    const { sampled, output } = await discoverIn(['Ann\nBob\nSmith\n']);
    expect(sampled).toMatchObject([{ outcome: 'unreadable' }]);
    expect(output).not.toContain('Ann');
  });

  test('prose with a comma here and there is no CSV', async () => {
    const { sampled } = await discoverIn(['Dear Ann, hello\nhow are you\nI am fine\nBye\n']);
    expect(sampled).toMatchObject([{ outcome: 'unreadable' }]);
  });

  test('a first row of data is a row', async () => {
    const { sampled } = await discoverIn(['Ann,Smith,Berlin\nBob,Jones,Paris\n']);
    expect(sampled).toEqual([{ outcome: 'read', format: 'csv', rows: 2 }]);
  });

  test('names no path for a column without a name', async () => {
    const { findings } = await discoverIn([csv('Ann,Smith', (mail) => `${mail},x`)]);
    expect(findings).toMatchObject([{ segments: ['column 1'], mapPath: undefined }]);
  });
});
