import type { Services } from '../ports/services.ts';

/** The port Services, store by store. A store that nobody serves fails until somebody does. */
export function routedServices(stores: ReadonlyMap<string, Services>): Services {
  return {
    call: (call) =>
      stores.get(call.store)?.call(call) ??
      Promise.resolve({ kind: 'failed', code: 'no-such-store', retryable: false }),
    lookUp: (store, identities) =>
      stores.get(store)?.lookUp(store, identities) ??
      Promise.resolve({ kind: 'failed', code: 'no-such-store' }),
  };
}
