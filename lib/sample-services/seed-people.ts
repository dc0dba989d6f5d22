import { Faker, en } from '@faker-js/faker';
import { createHash } from 'node:crypto';
import type { RecordTable, ServiceRecord } from '../core/ports/record-table.ts';
import { indexRecord, type ServiceDependencies } from './find-records.ts';
import { SAMPLE_SERVICES } from './sample-service.ts';

/** An invented customer, as all services know them. */
export interface SamplePerson {
  readonly customerId: string;
  readonly name: string;
  readonly email: string;
  readonly ssn: string;
  readonly dob: string;
}

export interface SeedDependencies extends Pick<ServiceDependencies, 'dataMap'> {
  readonly table: Pick<RecordTable, 'commit'>;
}

const [PROFILES] = SAMPLE_SERVICES[0].stores;
const [ORDERS, INVOICES] = SAMPLE_SERVICES[1].stores;
const [POSTS] = SAMPLE_SERVICES[2].stores;

/**
 * Puts invented people into the services' tables, with some orders, invoices and posts each. The same
 * seed gives the same people; those that are there already, or were there, stay as they are.
 * @param from number of the first one
 */
export async function seedPeople(
  { table, dataMap }: SeedDependencies,
  { seed, from, count }: { seed: number; from: number; count: number },
): Promise<readonly SamplePerson[]> {
  const people: SamplePerson[] = [];
  for (let number = from; number < from + count; number++) {
    const faker = new Faker({ locale: en, seed: seed * 1_000_003 + number });
    const person = inventPerson(faker, number);
    people.push(person);
    const records = [
      indexRecord(dataMap, PROFILES, profileOf(faker, person)),
      ...several(faker, (nth) => indexRecord(dataMap, ORDERS, orderOf(faker, person, nth))),
      ...several(faker, (nth) => indexRecord(dataMap, INVOICES, invoiceOf(faker, person, nth))),
      ...several(faker, (nth) => indexRecord(dataMap, POSTS, postOf(faker, person, nth))),
    ];
    // Once written, never again: an erased person must not come back with the next start. What
    // remembers it outlives the person, so their number does not stand there in clear.
    const key = `seed/${createHash('sha256').update(`${seed}/${person.customerId}`).digest('hex')}`;
    const entry = { key, version: 1, operation: 'seed', attempt: 1, affected: 0, isFinished: true };
    await table.commit({ entry, put: records });
  }
  return people;
}

type NewRecord = Omit<ServiceRecord, 'identities' | 'store'>;

function inventPerson(faker: Faker, number: number): SamplePerson {
  const firstName = faker.person.firstName();
  const lastName = faker.person.lastName();
  const local = `${firstName}.${lastName}`.toLowerCase().replace(/[^a-z.]/g, '');
  return {
    customerId: `C-${String(number).padStart(6, '0')}`,
    name: `${firstName} ${lastName}`,
    // Reserved for examples (RFC 2606): nobody gets this mail.
    email: `${local}.${number}@example.com`,
    // 9xx is never given out as a social security number.
    ssn: `9${String(number % 100_000_000).padStart(8, '0')}`,
    dob: faker.date.birthdate({ refDate: '2026-01-01' }).toISOString().slice(0, 10),
  };
}

function several(faker: Faker, make: (nth: number) => ServiceRecord): ServiceRecord[] {
  return Array.from({ length: faker.number.int({ min: 1, max: 4 }) }, (_, nth) => make(nth + 1));
}

function profileOf(faker: Faker, { customerId, name, email, ssn, dob }: SamplePerson): NewRecord {
  const phone = faker.phone.number();
  const fields = { customer_id: customerId, name, email, phone, dob, ssn_no: ssn };
  return { id: customerId, version: 1, fields };
}

function orderOf(faker: Faker, { customerId, email }: SamplePerson, nth: number): NewRecord {
  const fields = {
    customer_id: customerId,
    email,
    ship_to: `${faker.location.streetAddress()}, ${faker.location.city()}`,
    items: [faker.commerce.productName()],
  };
  return { id: `${customerId}-O${nth}`, version: 1, fields };
}

function invoiceOf(faker: Faker, person: SamplePerson, nth: number): NewRecord {
  const { customerId, email, name } = person;
  const fields = { customer_id: customerId, name, email, amount: faker.commerce.price() };
  return { id: `${customerId}-I${nth}`, version: 1, fields };
}

function postOf(faker: Faker, { customerId, name }: SamplePerson, nth: number): NewRecord {
  const fields = { customer_id: customerId, author: name, text: faker.lorem.sentence() };
  return { id: `${customerId}-P${nth}`, version: 1, fields };
}
