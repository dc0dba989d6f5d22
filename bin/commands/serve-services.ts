import type { DataMap } from '../../lib/core/data-map/schema.ts';
import type { Clock } from '../../lib/core/ports/clock.ts';
import type { Services } from '../../lib/core/ports/services.ts';
import { routedServices } from '../../lib/core/services/routed-services.ts';
import type { ServicePost } from '../../lib/core/services/service-client.ts';
import { serviceOver } from '../../lib/core/services/service-ports.ts';
import type { SuppressedStream } from '../../lib/core/suppression/suppressed-stream.ts';
import { answerCall } from '../../lib/sample-services/answer-call.ts';
import type { ServiceDependencies } from '../../lib/sample-services/find-records.ts';
import { SAMPLE_SERVICES, type SampleService } from '../../lib/sample-services/sample-service.ts';

export interface ServicesOptions {
  readonly dataMap: DataMap;
  readonly clock: Clock;
  readonly archives: ReadonlyMap<string, Services>;
  readonly stream: SuppressedStream;
  readonly samples: ServiceDependencies;
  /** The tables of the warehouse; undefined where the data map has none. */
  readonly warehouse: Services | undefined;
  /** Told when a sample service was called: it may have change events to tell. */
  readonly onCalled: () => void;
}

/** Every store of the data map that this machine can serve. */
export function localServices(options: ServicesOptions): Services {
  const { dataMap, archives, warehouse } = options;
  const stores = new Map<string, Services>(archives);
  for (const service of SAMPLE_SERVICES) {
    for (const { name } of service.stores) stores.set(name, sampleStore(options, service));
  }
  for (const [name, store] of Object.entries(dataMap.stores)) {
    if (store.kind === 'stream') stores.set(name, options.stream);
    if (store.kind === 'table' && warehouse !== undefined) stores.set(name, warehouse);
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
  const over = serviceOver(post, clock);
  return {
    call: (call) => over.call(call).finally(onCalled),
    lookUp: (store, identities) => over.lookUp(store, identities),
  };
}
