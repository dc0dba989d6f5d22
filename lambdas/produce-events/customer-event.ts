import type { Faker, FakerOptions } from '@faker-js/faker';
import { faker } from '@faker-js/faker/locale/en';
import type { Clock } from '../../lib/core/ports/clock.ts';

/** What a customer's action looks like when it enters the stream; the data map's `shape`. */
export interface CustomerEvent {
  /** A first name. */
  name: string;
  /** Date of birth, YYYY-MM-DD. */
  dob: string;
  gender: 'M' | 'F';
  /** Nine digits. */
  ssn_no: string;
  data_share_consent: boolean;
  /** When it happened: ISO 8601 in UTC with microseconds, without zone. */
  evnt_time: string;
}

/** One locale loads in 25 ms, the package's front door with all seventy in 170 ms. */
const OneLocaleFaker = faker.constructor as new (options: FakerOptions) => Faker;

const BORN_FROM = Date.UTC(1930, 0, 1);
const BORN_TO = Date.UTC(2015, 11, 31);

/**
 * Makes invented customers' events, one a call. One seed and one clock give one sequence, whatever
 * else uses faker; without a seed every sequence differs.
 */
export function customerEvents(options: {
  clock: Clock;
  seed?: number | undefined;
  /** Share of events whose customer consents, 0 to 1. */
  consentRatio: number;
}): () => CustomerEvent {
  const fake = new OneLocaleFaker({ locale: faker.rawDefinitions, seed: options.seed });
  return () => ({
    name: fake.person.firstName(),
    dob: isoDate(fake.number.int({ min: BORN_FROM, max: BORN_TO })),
    gender: fake.helpers.arrayElement(['M', 'F']),
    // One draw for nine digits: faker's own string.numeric takes one a digit.
    ssn_no: String(fake.number.int({ min: 0, max: 999_999_999 })).padStart(9, '0'),
    // faker's boolean() would answer a ratio of 0 or 1 without drawing, and shift the sequence.
    data_share_consent: fake.number.float() < options.consentRatio,
    evnt_time: isoMicroseconds(options.clock.now(), fake.number.int({ min: 0, max: 999 })),
  });
}

function isoDate(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 10);
}

/** The clock counts milliseconds; events that fell into one are told apart by invented microseconds. */
function isoMicroseconds(milliseconds: number, microseconds: number): string {
  return new Date(milliseconds).toISOString().replace('Z', String(microseconds).padStart(3, '0'));
}
