import type { DataMap } from '../../lib/core/data-map/schema.ts';
import type { Clock } from '../../lib/core/ports/clock.ts';
import type { ObjectStore } from '../../lib/core/ports/object-store.ts';
import type { Services } from '../../lib/core/ports/services.ts';
import {
  askService,
  callService,
  type ServicePost,
} from '../../lib/core/services/service-client.ts';
import { erasedArchive } from '../../lib/local/requests/erased-archive.ts';
import { routedServices } from '../../lib/local/requests/routed-services.ts';
import type { SuppressedStream } from '../../lib/local/requests/suppressed-stream.ts';
import type { Tables } from '../../lib/local/tables/open-tables.ts';
import { answerCall } from '../../lib/sample-services/answer-call.ts';
import type { ServiceDependencies } from '../../lib/sample-services/find-records.ts';
import { SAMPLE_SERVICES, type SampleService } from '../../lib/sample-services/sample-service.ts';

export interface ServicesOptions {
  readonly dataMap: DataMap;
  readonly clock: Clock;
  readonly tables: Tables;
  readonly archive: ObjectStore;
  readonly stream: SuppressedStream;
  readonly samples: ServiceDependencies;
  /** Told when a sample service was called: it may have change events to tell. */
  readonly onCalled: () => void;
}

/** Every store of the data map that this machine can serve. */
export function localServices(options: ServicesOptions): Services {
  const { dataMap, tables, archive: objects } = options;
  const stores = new Map<string, Services>();
  for (const service of SAMPLE_SERVICES) {
    for (const { name } of service.stores) stores.set(name, sampleStore(options, service));
  }
  for (const [name, store] of Object.entries(dataMap.stores)) {
    if (store.kind === 'stream') stores.set(name, options.stream);
    if (store.kind === 'archive') {
      stores.set(name, erasedArchive({ objects, tables, dataMap, archive: store }));
    }
  }
  return routedServices(stores);
}

/** A sample service, called in the words of the protocol, as JSON, but without a network. */
function sampleStore(
  { samples, clock, onCalled }: ServicesOptions,
  service: SampleService,
): Services {
  const post: ServicePost = async (path, body) => {
    const sent = JSON.parse(JSON.stringify(body)) as unknown;
    return answerCall(service, samples, { method: 'POST', path, body: sent });
  };
  return {
    call: async (call) => {
      try {
        return await callService(post, call, clock.now());
      } finally {
        onCalled();
      }
    },
    lookUp: (store, identities) => askService(post, store, identities),
  };
}
