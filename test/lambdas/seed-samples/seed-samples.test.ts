import { beforeEach, describe, expect, it } from 'vitest';
import { seedSamples } from '../../../lambdas/seed-samples/seed-samples.ts';
import { dataMap } from '../../../lib/data-map.ts';
import { MemoryRecordTable } from '../../fakes/memory-record-table.ts';
import { recordingLog } from '../../fakes/recording-log.ts';

describe('the function that invents people', () => {
  let table: MemoryRecordTable;
  const seed = (event: unknown) =>
    seedSamples(event, { deps: { table, dataMap }, log: recordingLog() });

  beforeEach(() => {
    table = new MemoryRecordTable();
  });

  it('puts so many people into the tables and names somebody to ask for', async () => {
    const answer = await seed({ count: 3 });
    expect(answer).toMatchObject({ ok: true, people: 3 });
    const profiles = [...table.records.values()].filter(({ store }) => store === 'user-profiles');
    expect(answer.ok && answer.someone).toEqual(profiles.map(({ fields }) => fields['email']));
  });

  it('invents the same people again, and brings nobody back who was erased', async () => {
    await seed({ count: 2 });
    table.records.clear();
    expect(await seed({ count: 2 })).toMatchObject({ ok: true });
    expect(table.records.size).toBe(0);
  });

  it.each([{ count: 0 }, { count: 501 }, { from: 1.5 }, { people: 3 }, 'twenty', []])(
    'refuses %j and writes nothing',
    async (event) => {
      expect(await seed(event)).toMatchObject({ ok: false });
      expect(table.records.size).toBe(0);
    },
  );

  it('invents twenty for an empty event, as the console’s Test button may send', async () => {
    expect(await seed(null)).toMatchObject({ ok: true, people: 20 });
  });
});
