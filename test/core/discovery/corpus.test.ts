import { Faker, base, en } from '@faker-js/faker';
import { expect, test } from 'vitest';

import { FieldProfile } from '../../../lib/core/discovery/field-profile.ts';
import { REPORTED } from '../../../lib/core/discovery/confidence.ts';
import { SeededRandom } from '../../../lib/simulation/seeded-random.ts';

const faker = new Faker({ locale: [en, base] });
const random = new SeededRandom(5);
const digits = (length: number): string =>
  faker.string.numeric({ length, allowLeadingZeros: true });

/** Column, what makes its values, and whether they are personal. */
const COLUMNS: readonly [key: string, make: (at: number) => string, personal: boolean][] = [
  ['firstName', () => faker.person.firstName(), true],
  ['nachname', () => faker.person.lastName(), true],
  ['customer_name', () => faker.person.fullName(), true],
  ['c1', () => faker.internet.email(), true],
  ['login', (at) => (at % 9 === 0 ? faker.internet.email() : faker.internet.username()), true],
  ['phone_number', () => faker.phone.number({ style: 'national' }), true],
  ['c2', () => faker.phone.number({ style: 'international' }), true],
  ['c3', () => faker.finance.iban(), true],
  ['c4', () => faker.finance.creditCardNumber({ issuer: 'visa' }).replaceAll('-', ''), true],
  ['c5', () => faker.internet.ipv4(), true],
  ['c6', () => faker.internet.ipv6(), true],
  ['c7', () => faker.internet.mac(), true],
  ['c8', () => faker.internet.userAgent(), true],
  ['dob', () => faker.date.birthdate().toISOString().slice(0, 10), true],
  ['street', () => faker.location.streetAddress(), true],
  ['zip', () => faker.location.zipCode(), true],
  ['latitude', () => String(faker.location.latitude()), true],
  ['comment', (at) => `call ${at % 5 === 0 ? faker.internet.email() : 'me'} please`, true],
  ['order_no', (at) => String(100_000_000 + at), false],
  ['reference', () => digits(9), false],
  ['tracking', () => digits(16), false],
  ['batch', () => digits(11), false],
  ['app_version', () => `${faker.number.int(9)}.${faker.number.int(20)}.1.0`, false],
  ['sha256', () => faker.string.hexadecimal({ length: 64, prefix: '' }), false],
  ['md5', () => faker.string.hexadecimal({ length: 32, prefix: '' }), false],
  ['created_at', () => faker.date.recent().toISOString(), false],
  ['epoch', (at) => String(1_700_000_000 + at * 7919), false],
  ['price', () => faker.commerce.price(), false],
  ['event_id', () => faker.string.uuid(), false],
  ['event_name', () => faker.hacker.verb(), false],
  ['product_name', () => faker.commerce.productName(), false],
  ['release_date', () => faker.date.recent({ days: 900 }).toISOString().slice(0, 10), false],
  ['description', () => faker.lorem.sentence(), false],
  ['status', () => faker.helpers.arrayElement(['open', 'closed']), false],
  ['quantity', () => String(faker.number.int(500)), false],
  ['currency', () => faker.finance.currencyCode(), false],
  ['url', () => faker.internet.url(), false],
];

test('finds at least 95 % of personal columns, and 95 % of what it finds is personal', () => {
  faker.seed(7);
  faker.setDefaultRefDate('2026-01-01T00:00:00Z');
  const missed: string[] = [];
  const wrong: string[] = [];
  let found = 0;
  for (const [key, make, personal] of COLUMNS) {
    const profile = new FieldProfile([key], 2026);
    const rows = random.between(80, 300);
    for (let at = 0; at < rows; at++) profile.observe(make(at), false, 0);
    const reported = (profile.judge()?.confidence ?? 0) >= REPORTED;
    if (reported) found++;
    if (reported && !personal) wrong.push(key);
    if (!reported && personal) missed.push(key);
  }
  const all = COLUMNS.filter(([, , personal]) => personal).length;
  const told = JSON.stringify({ missed, wrong });
  expect(1 - missed.length / all, told).toBeGreaterThanOrEqual(0.95);
  expect(1 - wrong.length / found, told).toBeGreaterThanOrEqual(0.95);
});
