import type { RequestStore } from '../../core/ports/request-store.ts';

/** Tells of every write, as a table's stream does on AWS. */
export function ringingRequestStore(store: RequestStore, onSaved: () => void): RequestStore {
  return {
    ...store,
    save: async (write) => {
      const outcome = await store.save(write);
      if (outcome.kind === 'saved') onSaved();
      return outcome;
    },
  };
}
