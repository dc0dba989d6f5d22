import type { FilterStore } from '../../lib/core/ports/membership-filters.ts';

/** The port in memory. `filters` may be looked into, and spoilt. */
export function memoryFilterStore(): FilterStore & { readonly filters: Map<string, Uint8Array> } {
  const filters = new Map<string, Uint8Array>();
  return {
    filters,
    read: (name) => Promise.resolve(filters.get(name)),
    write: (name, filter) => {
      filters.set(name, Uint8Array.from(filter));
      return Promise.resolve();
    },
    remove: (name) => {
      filters.delete(name);
      return Promise.resolve();
    },
  };
}
