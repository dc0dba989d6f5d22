import type { RecordTable } from '../../lib/core/ports/record-table.ts';

export interface ServiceTable {
  /** Stores whose records lie in it. */
  readonly stores: readonly string[];
  readonly table: Pick<RecordTable, 'commit'>;
}

/**
 * Tables of several services, written to as if they were one: each gets its own records, and the entry
 * that remembers them. Not all at once: whoever dies in between begins again, and what is there stays.
 */
export function eachItsOwn(services: readonly ServiceTable[]): Pick<RecordTable, 'commit'> {
  return {
    commit: async ({ put = [], ...change }) => {
      const outcomes: string[] = [];
      for (const { stores, table } of services) {
        const own = put.filter(({ store }) => stores.includes(store));
        if (own.length > 0) outcomes.push(await table.commit({ ...change, put: own }));
      }
      return outcomes.every((outcome) => outcome === 'committed') ? 'committed' : 'conflict';
    },
  };
}
