import { Faker, base, de, en } from '@faker-js/faker';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { KINDS } from '../../../lib/core/discovery/kinds.ts';
import { isKnownKey } from '../../../lib/core/discovery/keys/known-words.ts';
import { discoverIn } from './discovering.ts';

type Row = Record<string, string>;

/** Values as archives hold them, from a seed. */
function valuesOf(seed: number): (() => string)[] {
  const faker = new Faker({ locale: [de, en, base], seed });
  return [
    () => faker.person.firstName(),
    () => faker.person.lastName(),
    () => faker.person.fullName(),
    () => faker.internet.email(),
    () => faker.internet.username(),
    () => faker.phone.number({ style: 'international' }),
    () => faker.phone.number({ style: 'national' }),
    () => faker.finance.iban(),
    () => faker.finance.creditCardNumber({ issuer: 'visa' }),
    () => faker.internet.ipv4(),
    () => faker.internet.ipv6(),
    () => faker.internet.mac(),
    () => faker.internet.userAgent(),
    () => faker.date.birthdate().toISOString().slice(0, 10),
    () => faker.location.streetAddress(),
    () => faker.location.city(),
    () => faker.string.numeric({ length: 9 }),
    () => `ask ${faker.internet.email()} or ${faker.phone.number({ style: 'international' })}`,
  ];
}

const KEYS = [
  'id',
  'name',
  'contact',
  'mail',
  'tel',
  'ssn',
  'address',
  'note',
  'dob',
  'c1',
  'zzyx',
];

const SHAPES: Record<string, (rows: readonly Row[]) => string> = {
  'JSON Lines': (rows) => rows.map((row) => JSON.stringify(row)).join('\n'),
  'JSON within a text': (rows) =>
    rows.map((row) => JSON.stringify({ id: 1, payload: JSON.stringify(row) })).join('\n'),
  'maps by a person': (rows) =>
    rows
      .map((row) => {
        const [first = '', ...rest] = Object.values(row);
        return JSON.stringify({
          id: 1,
          members: { [first]: { mail: rest.at(-1) } },
          [first]: rest,
        });
      })
      .join('\n'),
  'CSV with a header': (rows) => csv([Object.keys(rows[0]!), ...rows.map(cells)]),
  'CSV without a header': (rows) => csv(rows.map(cells)),
  'failures of Firehose': (rows) =>
    rows
      .map((row) => {
        const rawData = Buffer.from(JSON.stringify(row)).toString('base64');
        return JSON.stringify({ attemptsMade: 1, errorCode: 'x', rawData });
      })
      .join('\n'),
};

function cells(row: Row): string[] {
  return Object.values(row);
}

function csv(records: readonly string[][]): string {
  const quoted = (cell: string) => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
  return records.map((record) => record.map(quoted).join(',')).join('\n');
}

/** What is printed whatever the data are; a value that is such a word tells nothing. */
const FIXED = JSON.stringify([
  ...[KINDS, KEYS, 'path category erase delete-row outcome unreadable'],
  'segments kind label category confidence share examples objects values mapPath members payload',
]).toLowerCase();

test.each(Object.entries(SHAPES))(
  'no value of four characters comes out of %s',
  async (_, write) => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 0x7fffffff }),
        fc.uniqueArray(fc.constantFrom(...KEYS), { minLength: 2, maxLength: 6 }),
        fc.array(fc.nat(), { minLength: 6, maxLength: 6 }),
        fc.integer({ min: 1, max: 40 }),
        async (seed, keys, picks, count) => {
          const makers = valuesOf(seed);
          const rows = Array.from({ length: count }, () =>
            Object.fromEntries(
              keys.map((key, at): [string, string] => [key, makers[picks[at]! % makers.length]!()]),
            ),
          );
          const { output } = await discoverIn([write(rows)]);
          const values = rows
            .flatMap(cells)
            .flatMap((value) => [value, ...value.split(' ')])
            // Four digits are what a masked number may show.
            .filter((value) => value.length >= 4 && (/\p{L}/u.test(value) || value.length >= 6))
            .filter((value) => !FIXED.includes(value.toLowerCase()) && !isKnownKey(value));
          expect(values.filter((value) => output.includes(value))).toEqual([]);
        },
      ),
      { numRuns: 60 },
    );
  },
);
