import { describe, expect, it } from 'vitest';
import { verifyService } from '../../lib/core/services/conformance/verify-service.ts';
import { dataMap } from '../../lib/data-map.ts';
import { SAMPLE_SERVICES } from '../../lib/sample-services/sample-service.ts';
import { seedPeople } from '../../lib/sample-services/seed-people.ts';
import { MemoryRecordTable } from '../fakes/memory-record-table.ts';
import { inProcessWire } from './in-process-wire.ts';

const deps = () => ({
  ...{ table: new MemoryRecordTable(), clock: { now: () => 1_000 }, dataMap },
  undoWindow: 60_000,
});

describe('the sample services', () => {
  it.each(SAMPLE_SERVICES.map((service) => [service.name, service] as const))(
    '%s keeps the protocol, by the kit that service owners run',
    async (_, service) => {
      const given = deps();
      const [person] = await seedPeople(given, { seed: 4, from: 1, count: 3 });
      const results = await verifyService(inProcessWire(service, given), [
        { identifier: 'email', value: person!.email.toUpperCase() },
        { identifier: 'customer_id', value: person!.customerId },
      ]);
      expect(results.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
      const notRun = results.filter(({ outcome }) => outcome === 'not-run');
      // The law keeps invoices: they offer no erasure.
      expect(notRun.every(({ store }) => store === 'invoices')).toBe(true);
    },
  );

  it('stand in the data map with the very identifiers and tracking that they claim', () => {
    for (const { name, identifiers, tracking } of SAMPLE_SERVICES.flatMap(({ stores }) => [
      ...stores,
    ])) {
      const store = dataMap.stores[name];
      expect(store).toMatchObject({ kind: 'service', tracking });
      expect(Object.keys(store!.identifiers).sort()).toEqual([...identifiers].sort());
    }
  });

  it('are erased in their order: content after commerce after users', () => {
    expect(dataMap.stores['orders']!.after).toEqual(['user-profiles']);
    expect(dataMap.stores['posts']!.after).toEqual(['orders']);
  });
});
