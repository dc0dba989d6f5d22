import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Clock } from '../../core/ports/clock.ts';
import type { Crosswalk } from '../../core/ports/crosswalk.ts';
import type { Services } from '../../core/ports/services.ts';
import type { ServicePost } from '../../core/services/service-client.ts';
import { crosswalkOver, serviceOver } from '../../core/services/service-ports.ts';
import { bearerToken, sigV4, type Credentials } from './authorise.ts';
import { httpsPost } from './https-post.ts';
import { lambdaPost } from './lambda-post.ts';
import { secretToken } from './read-token.ts';
import type { RoutedService, ServiceRoute } from './service-route.ts';

export interface ServiceConnections {
  readonly lambda: LambdaClient;
  readonly secrets: SecretsManagerClient;
  /** Of the calling function: `defaultProvider()` of @aws-sdk/credential-provider-node. */
  readonly credentials: Credentials;
  readonly clock: Clock;
}

/** The port Services, store by store, for each service that a route leads to. */
export function awsServices(
  routes: readonly RoutedService[],
  connections: ServiceConnections,
): ReadonlyMap<string, Services> {
  return new Map(
    routes.flatMap(({ stores, route }) => {
      const service = serviceOver(servicePost(route, connections), connections.clock);
      return stores.map((store) => [store, service] as const);
    }),
  );
}

/** The port Crosswalk: the service that keeps the golden record answers who is who. */
export function awsCrosswalk(route: ServiceRoute, connections: ServiceConnections): Crosswalk {
  return crosswalkOver(servicePost(route, connections));
}

function servicePost(
  route: ServiceRoute,
  { lambda, secrets, credentials, clock }: ServiceConnections,
): ServicePost {
  switch (route.kind) {
    case 'lambda':
      return lambdaPost(lambda, route.functionArn);
    case 'sigv4': {
      const { url: baseUrl, service, region } = route;
      return httpsPost({ baseUrl, authorise: sigV4({ service, region, credentials }) });
    }
    case 'token': {
      const { url: baseUrl, secretArn } = route;
      const authorise = bearerToken(secretToken(secrets, secretArn, clock));
      return httpsPost({ baseUrl, authorise });
    }
  }
}
