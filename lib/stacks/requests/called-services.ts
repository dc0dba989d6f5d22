import { Aws, type Stack } from 'aws-cdk-lib';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import type { ServiceRoute, ServiceRoutes } from '../../../lambdas/runtime/service-routes.ts';
import { grantRoute } from '../../constructs/service-route.ts';
import type { RequestConfig } from '../../settings/request-config.ts';
import type { SampleService } from '../sample-services-stack.ts';

/** The sample that knows who is who. */
const CROSSWALK = 'user-services';

interface CalledService {
  readonly stores: readonly string[];
  readonly route: ServiceRoute;
  grantCall(grantee: IGrantable): void;
}

/** Services as functions reach them: those of one's own first, samples for stores that are left. */
export class CalledServices {
  private readonly services: readonly CalledService[];
  private readonly crosswalk: Omit<CalledService, 'stores'>;
  private readonly stack: Stack;

  constructor(
    stack: Stack,
    { routes, crosswalk }: RequestConfig['services'],
    samples: ReadonlyMap<string, SampleService>,
    others: ServiceRoutes = [],
  ) {
    this.stack = stack;
    const own = [...routes, ...others].map(({ stores, route }) => called(stores, route));
    const taken = new Set(own.flatMap(({ stores }) => stores));
    const left = [...samples.values()].map((sample) => ({
      ...sampled(sample),
      stores: sample.stores.filter((store) => !taken.has(store)),
    }));
    this.services = [...own, ...left.filter(({ stores }) => stores.length > 0)];
    const known = samples.get(CROSSWALK);
    if (crosswalk !== undefined) this.crosswalk = called([], crosswalk);
    else if (known !== undefined) this.crosswalk = sampled(known);
    else throw new Error(`Nobody knows who is who: give lethe:crosswalk, or deploy ${CROSSWALK}`);
  }

  /** What SERVICES says of the services of these stores. @param stores @default all */
  routes(stores?: readonly string[]): string {
    const routes = this.of(stores).map(({ stores: served, route }) => ({
      stores: served.filter((store) => stores?.includes(store) ?? true),
      route,
    }));
    return this.stack.toJsonString(routes satisfies ServiceRoutes);
  }

  /** What CROSSWALK says. */
  crosswalkRoute(): string {
    return this.stack.toJsonString(this.crosswalk.route);
  }

  grantCalls(grantee: IGrantable, stores?: readonly string[]): void {
    for (const service of this.of(stores)) service.grantCall(grantee);
  }

  grantCrosswalk(grantee: IGrantable): void {
    this.crosswalk.grantCall(grantee);
  }

  private of(stores?: readonly string[]): readonly CalledService[] {
    return this.services.filter(({ stores: served }) =>
      served.some((store) => stores?.includes(store) ?? true),
    );
  }
}

function called(stores: readonly string[], route: ServiceRoute): CalledService {
  return { stores, route, grantCall: (grantee) => void grantRoute(grantee, route) };
}

function sampled({ stores, endpoint }: SampleService): CalledService {
  return {
    stores,
    route: { kind: 'sigv4', url: endpoint.url, service: 'lambda', region: Aws.REGION },
    grantCall: (grantee) => void endpoint.grantCall(grantee),
  };
}
