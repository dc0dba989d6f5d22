import type { App } from 'aws-cdk-lib';
import type { Config } from '../config.ts';
import { ArchiveErasureStack } from './archive-erasure-stack.ts';
import { DataSubjectRequestsStack } from './data-subject-requests-stack.ts';
import { SampleServicesStack } from './sample-services-stack.ts';
import { SensitiveDataFilterStack } from './sensitive-data-filter-stack.ts';
import { SensitiveDataProducerStack } from './sensitive-data-producer-stack.ts';
import { ServiceEventsStack } from './service-events-stack.ts';
import { WarehouseErasureStack } from './warehouse-erasure-stack.ts';
import { warehouseRoutes } from './warehouse/warehouse-routes.ts';

/** Puts all stacks into the app. */
export function compose(app: App, config: Config): void {
  const producer = new SensitiveDataProducerStack(app, 'sensitive-data-producer-stack', { config });
  const filter = new SensitiveDataFilterStack(app, 'sensitive-data-filter-stack', {
    config,
    source: producer.stream,
  });
  const archive = new ArchiveErasureStack(app, 'archive-erasure-stack', {
    config,
    archive: filter.dataStore,
  });

  const { requests } = config;
  if (requests === undefined) return;
  const exchange = new ServiceEventsStack(app, 'service-events-stack', { config, requests });
  const samples = requests.services.areSamples
    ? new SampleServicesStack(app, 'sample-services-stack', {
        config,
        areas: requests.areas.filter(({ stores }) => stores.some(({ kind }) => kind === 'service')),
        exchange,
      })
    : undefined;
  const { warehouse } = config;
  const { parts } = new DataSubjectRequestsStack(app, 'data-subject-requests-stack', {
    config,
    requests,
    exchange,
    samples: samples?.services ?? new Map(),
    suppression: filter.suppression,
    handovers: [archive.service.handover],
    areasElsewhere: [],
    servicesElsewhere: (stack) => [
      ...archive.service.routes,
      ...(warehouse === undefined ? [] : warehouseRoutes(warehouse)(stack)),
    ],
  });
  if (warehouse === undefined) return;
  new WarehouseErasureStack(app, 'warehouse-erasure-stack', {
    ...{ config, warehouse, requests: parts.tables.requests },
  });
}
