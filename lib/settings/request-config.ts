import type { z } from 'zod';
import type { PolicySettings } from '../../lambdas/runtime/policy-settings.ts';
import type { ServiceRoute, ServiceRoutes } from '../../lambdas/runtime/service-routes.ts';
import type { DataMap, Store } from '../core/data-map/schema.ts';
import type { requestSettings } from './request-settings.ts';

type Read = z.output<z.ZodObject<typeof requestSettings>>;

/** Stores that one executor serves. */
export interface Area {
  readonly name: string;
  readonly stores: readonly { readonly name: string; readonly kind: Store['kind'] }[];
}

/** What a deployment may choose of data subject requests. */
export interface RequestConfig {
  /** From the data map, in its order. */
  readonly areas: readonly Area[];
  /** Stores of the data map that are not deployed, so that no request reaches them. @default none */
  readonly leftOut?: readonly string[];
  readonly services: {
    /** Whether the three small services of the demonstration are deployed. @default true */
    readonly areSamples: boolean;
    /** Services of one's own; a store that is here is not asked of a sample. @default none */
    readonly routes: ServiceRoutes;
    /** Hosts at which services put what they gather; `*.` before a name takes all below it. @default none */
    readonly gatheredHosts: readonly string[];
    /** Who knows who is who. @default the sample user-services */
    readonly crosswalk: ServiceRoute | undefined;
  };
  /** @default the default policy: lib/core/requests/model/default-policy.ts */
  readonly policy: PolicySettings | undefined;
  readonly site: {
    /** As notices name the controller; needed in production. @default Example Ltd */
    readonly organisation: string;
    /** OpenDSR's processor domain. @default the API's host */
    readonly processorDomain: string | undefined;
    /** A name of one's own for the API, with its certificate. @default API Gateway's own name */
    readonly domain: { readonly name: string; readonly certificateArn: string } | undefined;
    /** Secret with the signing key's certificate, PEM. @default one is made, to be filled */
    readonly certificateSecretArn: string | undefined;
  };
  readonly api: {
    /** A web ACL in front of the API. @default none */
    readonly webAclArn: string | undefined;
    /** Networks from which `/admin` may be called. @default any */
    readonly adminCidrs: readonly string[];
    /** Calls a second of all callers together. @default 50 */
    readonly ratePerSecond: number;
    /** Calls at once. @default 100 */
    readonly burst: number;
    /** `existing` where the account lets API Gateway write logs already. @default set-up */
    readonly accountLogs: 'existing' | 'set-up';
  };
  readonly administrators: {
    /** A user pool that is there already, with its app clients. @default one is made */
    readonly pool: { readonly id: string; readonly clientIds: readonly string[] } | undefined;
    /** Origins of the dashboard. @default none */
    readonly origins: readonly string[];
  };
  readonly mail: {
    /** Sender of mail to data subjects; needed in production. @default no-reply@example.com */
    readonly from: string;
    /** What SES is to verify. @default address; existing where no sender is named */
    readonly identity: 'address' | 'domain' | 'existing';
    /** Whether the sender is the deployment's choice; if not, no mail will ever be accepted. */
    readonly isChosen: boolean;
    /** Who gets the notices for administrators. @default nobody: subscribe later */
    readonly noticesEmail: string | undefined;
  };
  /** Shards of the task stream and of the events stream. @default on-demand */
  readonly capacity: 'on-demand' | number;
  /** Days that exported audit entries can't be deleted. @default 1 in demo, 2557 in production */
  readonly auditRetentionDays: number;
  /** Days that an access package can be fetched. @default 7 */
  readonly packageDays: number;
}

/** What the settings say, once {@link requestFaults} found nothing. Undefined: no requests. */
export function requestConfig(
  read: Read,
  stage: 'demo' | 'production',
  map: DataMap,
  leftOut: readonly string[] = [],
): RequestConfig | undefined {
  if (!read['lethe:requests']) return undefined;
  const domain = read['lethe:domain'];
  const certificateArn = read['lethe:domain-certificate-arn'];
  const poolId = read['lethe:user-pool-id'];
  const mailFrom = read['lethe:mail-from'];
  return {
    areas: areasOf(map, leftOut),
    ...(leftOut.length > 0 && { leftOut }),
    services: {
      areSamples: read['lethe:sample-services'],
      routes: read['lethe:services'] ?? [],
      gatheredHosts: read['lethe:gathered-hosts'] ?? [],
      crosswalk: read['lethe:crosswalk'],
    },
    policy: read['lethe:policy'],
    site: {
      organisation: read['lethe:organisation'] ?? 'Example Ltd',
      processorDomain: read['lethe:processor-domain'],
      domain:
        domain === undefined || certificateArn === undefined
          ? undefined
          : { name: domain, certificateArn },
      certificateSecretArn: read['lethe:signing-certificate-secret-arn'],
    },
    api: {
      webAclArn: read['lethe:web-acl-arn'],
      adminCidrs: read['lethe:admin-cidrs'] ?? [],
      ratePerSecond: read['lethe:api-rate'],
      burst: read['lethe:api-burst'],
      accountLogs: read['lethe:api-account-logs'],
    },
    administrators: {
      pool:
        poolId === undefined
          ? undefined
          : { id: poolId, clientIds: read['lethe:user-pool-clients'] ?? [] },
      origins: read['lethe:dashboard-origins'] ?? [],
    },
    mail: {
      from: mailFrom ?? 'no-reply@example.com',
      identity: mailFrom === undefined ? 'existing' : (read['lethe:mail-identity'] ?? 'address'),
      isChosen: mailFrom !== undefined,
      noticesEmail: read['lethe:notices-email'],
    },
    capacity: read['lethe:request-shards'],
    auditRetentionDays: read['lethe:audit-retention-days'] ?? (stage === 'demo' ? 1 : 2557),
    packageDays: read['lethe:package-days'],
  };
}

/** What single settings can't tell: which need one another, or the data map. */
export function requestFaults(read: Read, stage: 'demo' | 'production', map: DataMap): string[] {
  if (!read['lethe:requests']) return [];
  return [
    ...togetherFaults(read),
    ...(stage === 'production' ? productionFaults(read) : []),
    ...routeFaults(read, map),
  ];
}

function togetherFaults(read: Read): string[] {
  const pairs = [
    ['lethe:domain', 'lethe:domain-certificate-arn'],
    ['lethe:user-pool-id', 'lethe:user-pool-clients'],
  ] as const;
  const faults = pairs
    .filter(([one, other]) => (read[one] === undefined) !== (read[other] === undefined))
    .map(([one, other]) => `${one} and ${other} go together: give both or none`);
  if (read['lethe:mail-identity'] !== undefined && read['lethe:mail-from'] === undefined) {
    faults.push('lethe:mail-identity needs lethe:mail-from, whose identity it is');
  }
  return faults;
}

/** What a demonstration can make up. */
function productionFaults(read: Read): string[] {
  return (['lethe:organisation', 'lethe:mail-from'] as const)
    .filter((key) => read[key] === undefined)
    .map(
      (key) =>
        `${key} must be given in production, where data subjects get mail; or switch lethe:requests off`,
    );
}

function routeFaults(read: Read, map: DataMap): string[] {
  const routed = (read['lethe:services'] ?? []).flatMap(({ stores }) => stores);
  const faults = routed
    .filter((name) => map.stores[name]?.kind !== 'service')
    .map(
      (name) => `lethe:services names ${name}, which is no store of kind "service" in the data map`,
    );
  if (read['lethe:sample-services']) return faults;
  const services = Object.entries(map.stores).filter(([, { kind }]) => kind === 'service');
  const unserved = services.map(([name]) => name).filter((name) => !routed.includes(name));
  if (unserved.length > 0) {
    faults.push(
      `lethe:services must say who serves ${unserved.join(', ')}, as lethe:sample-services is off`,
    );
  }
  if (read['lethe:crosswalk'] === undefined) {
    faults.push('lethe:crosswalk must be given, as lethe:sample-services is off');
  }
  return faults;
}

function areasOf(map: DataMap, leftOut: readonly string[]): Area[] {
  const areas = new Map<string, { name: string; kind: Store['kind'] }[]>();
  for (const [name, { area, kind }] of Object.entries(map.stores)) {
    if (leftOut.includes(name)) continue;
    areas.set(area, [...(areas.get(area) ?? []), { name, kind }]);
  }
  return [...areas].map(([name, stores]) => ({ name, stores }));
}
