import type { Identity } from '../../lib/core/requests/model/request.ts';
import { dataMap } from '../../lib/data-map.ts';
import type { ServiceDependencies } from '../../lib/sample-services/find-records.ts';
import { seedPeople } from '../../lib/sample-services/seed-people.ts';
import { MemoryRecordTable } from '../fakes/memory-record-table.ts';

/** Whom no sample service knows. */
export const NOBODY: readonly Identity[] = [
  { identifier: 'customer_id', value: 'nobody' },
  { identifier: 'email', value: 'nobody@example.invalid' },
];

/** The sample services' tables with two people in them. */
export async function samplePeople(): Promise<{
  deps: ServiceDependencies;
  people: [Identity[], Identity[]];
}> {
  const deps = { table: new MemoryRecordTable(), clock: { now: () => 1_000 }, dataMap };
  const [ann, bob] = await seedPeople(deps, { seed: 3, from: 1, count: 2 });
  const identitiesOf = ({ email, customerId, ssn }: NonNullable<typeof ann>): Identity[] => [
    { identifier: 'email', value: email },
    { identifier: 'customer_id', value: customerId },
    { identifier: 'ssn_no', value: ssn },
  ];
  return { deps, people: [identitiesOf(ann!), identitiesOf(bob!)] };
}
