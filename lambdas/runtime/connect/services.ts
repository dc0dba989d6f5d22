import { defaultProvider } from '@aws-sdk/credential-provider-node';
import {
  awsCrosswalk,
  awsServices,
  type ServiceConnections,
} from '../../../lib/aws/services/aws-services.ts';
import { deliveryPath } from '../../../lib/core/data-map/delivery-path.ts';
import type { DataMap } from '../../../lib/core/data-map/schema.ts';
import type { Crosswalk } from '../../../lib/core/ports/crosswalk.ts';
import type { Services } from '../../../lib/core/ports/services.ts';
import { routedServices } from '../../../lib/core/services/routed-services.ts';
import type { servicesEnv, suppressionEnv } from '../engine-env.ts';
import type { Env } from '../env.ts';
import { clock } from './chance.ts';
import { lambdaClient, secretsClient } from './clients.ts';
import { checkRoutes } from './routes.ts';
import { connectSuppression } from './suppression.ts';
import type { serviceRoute } from '../service-routes.ts';
import type { z } from 'zod';

export interface ConnectedServices {
  services: Services;
  /** Takes a request's entries off the suppression list. */
  liftSuppression: (dsrId: string) => Promise<void>;
}

/** All stores that a function may ask: services by their routes, the event stream by suppression. */
export async function connectServices(
  service: string,
  env: Env<typeof servicesEnv & typeof suppressionEnv>,
  dataMap: DataMap,
  area?: string,
): Promise<ConnectedServices> {
  checkRoutes(env.SERVICES, dataMap, area);
  const stores = new Map(awsServices(env.SERVICES, connections(service)));
  const found = deliveryPath(dataMap);
  const stream = found.ok
    ? await connectSuppression(service, env, dataMap, found.path.stream)
    : undefined;
  if (stream !== undefined && found.ok) stores.set(found.path.streamName, stream);
  return {
    services: routedServices(stores),
    liftSuppression: (dsrId) => stream?.lift(dsrId) ?? Promise.resolve(),
  };
}

export function connectCrosswalk(service: string, route: z.output<typeof serviceRoute>): Crosswalk {
  return awsCrosswalk(route, connections(service));
}

function connections(service: string): ServiceConnections {
  return {
    lambda: lambdaClient(service),
    secrets: secretsClient(service),
    credentials: defaultProvider(),
    clock,
  };
}
