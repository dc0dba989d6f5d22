import type { Identity } from '../core/requests/model/request.ts';
import type { Crosswalk, Resolution } from '../core/ports/crosswalk.ts';

/** In every value that is personal: nothing that is kept in clear may hold it. */
export const CANARY = 'CANARY-PERSON';

/** The identities of the simulated person with that number. */
export function identitiesOf(person: number): readonly Identity[] {
  return [
    { identifier: 'email', value: `${CANARY.toLowerCase()}-${person}@example.com` },
    { identifier: 'customer_id', value: `${CANARY}-${person}` },
  ];
}

/** Whom an identity names; undefined for nobody. */
export function personOf({ value }: Identity): number | undefined {
  const number = /-(\d+)(?:@|$)/.exec(value)?.[1];
  return number === undefined ? undefined : Number(number);
}

/** Knows everybody by both identities. */
export class WorldCrosswalk implements Crosswalk {
  resolve(identities: readonly Identity[]): Promise<Resolution> {
    const people = new Set(identities.map(personOf));
    const [person] = people;
    if (people.size > 1) return Promise.resolve({ kind: 'ambiguous' });
    return Promise.resolve(
      person === undefined
        ? { kind: 'unknown' }
        : { kind: 'resolved', identities: identitiesOf(person) },
    );
  }
}
