import { describe, expect, it } from 'vitest';
import { eachItsOwn } from '../../../lambdas/seed-samples/service-tables.ts';
import type { RecordChange, ServiceRecord } from '../../../lib/core/ports/record-table.ts';

const ENTRY = {
  key: 'seed/1',
  version: 1,
  operation: 'seed',
  attempt: 1,
  affected: 0,
  isFinished: true,
};

function record(store: string): ServiceRecord {
  return { store, id: '1', version: 1, identities: [], fields: {} };
}

describe('the tables of several services', () => {
  const written: [string, RecordChange][] = [];
  const tableOf = (name: string, outcome: 'committed' | 'conflict') => ({
    stores: [name],
    table: {
      commit: (change: RecordChange) => {
        written.push([name, change]);
        return Promise.resolve(outcome);
      },
    },
  });

  it('get each their own records, with the entry that remembers them', async () => {
    const tables = eachItsOwn([tableOf('orders', 'committed'), tableOf('posts', 'committed')]);
    const put = [record('orders'), record('posts')];
    expect(await tables.commit({ entry: ENTRY, put })).toBe('committed');
    expect(written).toEqual([
      ['orders', { entry: ENTRY, put: [record('orders')] }],
      ['posts', { entry: ENTRY, put: [record('posts')] }],
    ]);
  });

  it('are all written to though one of them has its records already', async () => {
    written.length = 0;
    const tables = eachItsOwn([tableOf('orders', 'conflict'), tableOf('posts', 'committed')]);
    const put = [record('orders'), record('posts')];
    expect(await tables.commit({ entry: ENTRY, put })).toBe('conflict');
    expect(written.map(([name]) => name)).toEqual(['orders', 'posts']);
  });
});
