import { describe, expect, test } from 'vitest';

import { discoverIn } from './discovering.ts';

const lines = (row: (n: number) => unknown, count = 30): string =>
  Array.from({ length: count }, (_, n) => JSON.stringify(row(n))).join('\n');
const mail = (n: number): string => `person${n}@example.org`;

describe('keys that are data are never shown', () => {
  test.each<[string, (n: number) => unknown, string[]]>([
    ['known words', (n) => ({ id: n, contact: { mail: mail(n) } }), ['contact.mail: email']],
    [
      'mailboxes',
      (n) => ({ id: n, members: { [mail(n)]: { since: 2020 } } }),
      ['members.*: email'],
    ],
    [
      'names, another in each row',
      (n) => ({ id: n, members: { [`Ann${'abcdefg'[n % 7]!} Smith`]: { mail: mail(n) } } }),
      ['members.*.mail: email'],
    ],
    [
      'names of small letters beside known words',
      (n) => ({ id: n, [`ann${'abcdefghijklmno'[n % 15]!}`]: { mail: mail(n) } }),
      ['*.mail: email'],
    ],
    [
      'the same names in every row',
      (n) => ({ id: n, team: { annette: mail(n), bobby: mail(n + 1) } }),
      ['team.*: email'],
    ],
    [
      'an unknown word in row after row, beside known ones',
      (n) => ({ id: n, gizmo: mail(n) }),
      ['gizmo: email'],
    ],
    [
      'names that are words too, among others',
      (n) => ({ id: n, byOwner: { [['Page', 'Weight', 'Smith', 'Jones'][n % 4]!]: mail(n) } }),
      ['byOwner.*: email'],
    ],
    ['words that begin with a capital', (n) => ({ Id: n, Mail: mail(n) }), ['Mail: email']],
    ['short codes', (n) => ({ f1: mail(n) }), ['f1: email']],
    [
      'keys of JSON within a text',
      (n) => ({ id: n, payload: JSON.stringify({ annette: mail(n) }) }),
      ['payload.*: email'],
    ],
  ])('%s', async (_, row, told) => {
    expect((await discoverIn([lines(row)])).told).toEqual(told);
  });

  test('an unknown word in a single row is not shown', async () => {
    const { told } = await discoverIn([lines((n) => ({ id: n, gizmo: mail(n) }), 1)]);
    expect(told).toEqual(['*: email']);
  });

  test('what a map entry would name ends before a hidden key', async () => {
    const row = (n: number) => ({ id: n, team: { annette: mail(n) } });
    const { findings } = await discoverIn([lines(row)]);
    expect(findings.map(({ mapPath }) => mapPath)).toEqual([['team']]);
  });

  test('ten thousand people as keys are one field', async () => {
    const row = (n: number) => ({
      id: n,
      byPerson: Object.fromEntries(
        Array.from({ length: 10 }, (_, at) => [
          `p${String.fromCharCode(97 + at, 97 + (n % 26), 97 + ((n / 26) % 26))}x`,
          { mail: mail(n) },
        ]),
      ),
    });
    const { told, output } = await discoverIn([lines(row, 1000)], { rows: 1000 });
    expect(told).toEqual(['byPerson.*.mail: email']);
    expect(output).not.toMatch(/p[a-z]{3}x/);
  });
});

test('a field called name is reported from a few values on', async () => {
  const names = ['Gnoll', 'Ann Smith', 'Zoë Müller'];
  const { told } = await discoverIn([lines((n) => ({ id: n, customer: { name: names[n] } }), 3)]);
  expect(told).toEqual(['customer.name: name']);
});
