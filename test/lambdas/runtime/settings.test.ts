import { describe, expect, it } from 'vitest';
import { driveEnv } from '../../../lambdas/runtime/engine-env.ts';
import { handleApiEnv } from '../../../lambdas/handle-api/env.ts';
import { checkRoutes } from '../../../lambdas/runtime/connect/routes.ts';
import { EnvError, readEnv } from '../../../lambdas/runtime/env.ts';
import { policyOf, policySettings } from '../../../lambdas/runtime/policy-settings.ts';
import { DEFAULT_POLICY } from '../../../lib/core/requests/model/default-policy.ts';
import { dataMap } from '../../../lib/data-map.ts';

const ARN = 'arn:aws:lambda:eu-central-1:111122223333:function:users';
const SERVICES = [{ stores: ['user-profiles'], route: { kind: 'lambda', functionArn: ARN } }];
const SITE = { organisation: 'Example Ltd', baseUrl: 'https://dsr.example.com/v1' };

function faultsOf(read: () => unknown): readonly string[] {
  try {
    read();
    return [];
  } catch (error) {
    if (error instanceof EnvError) return error.faults;
    throw error;
  }
}

describe('the engine’s environment', () => {
  const names = Object.entries(driveEnv)
    .filter(([, variable]) => !('optional' in variable) && !('default' in variable))
    .map(([name]) => name);
  const good = {
    ...Object.fromEntries(names.map((name) => [name, 'value'])),
    SITE: JSON.stringify(SITE),
    SERVICES: JSON.stringify(SERVICES),
    CROSSWALK: JSON.stringify({ kind: 'lambda', functionArn: ARN }),
  };

  it('is read whole, JSON and all', () => {
    const env = readEnv(driveEnv, good);
    expect(env.SITE).toEqual(SITE);
    expect(env.SERVICES).toEqual(SERVICES);
    expect(env.PACKAGE_DAYS).toBe(7);
    expect(env.POLICY).toBeUndefined();
  });

  it('names every fault at once, with its place, and repeats no value', () => {
    const faults = faultsOf(() =>
      readEnv(driveEnv, {
        ...good,
        TASK_STREAM: undefined,
        SITE: JSON.stringify({ organisation: ' ', baseUrl: 'http://canary.example/', canary: 1 }),
        SERVICES: JSON.stringify([
          ...SERVICES,
          { stores: ['user-profiles'], route: { kind: 'sigv4', url: 'https://canary@x' } },
        ]),
        CROSSWALK: '{"canary',
        POLICY: JSON.stringify({ timeZone: 'Canary/Zone', approvals: { erasure: 3 } }),
      }),
    );
    expect(faults.map((fault) => /^[A-Z_]+: (?:[\w.]+:)?/.exec(fault)?.[0])).toEqual(
      expect.arrayContaining([
        'TASK_STREAM: ',
        'SITE: organisation:',
        'SITE: baseUrl:',
        'SERVICES: 1.route.url:',
        'SERVICES: 1.route.region:',
        'CROSSWALK: ',
        'POLICY: timeZone:',
        'POLICY: approvals.erasure:',
      ]),
    );
    const values = faults.filter((fault) => !fault.startsWith('SITE: Unrecognized key'));
    expect(values.join()).not.toMatch(/canary\.example|canary@|Canary\/Zone|\{"canary/);
  });

  it.each([
    'https://dsr.example.com/',
    'https://user@dsr.example.com',
    'https://dsr.example.com/?a',
    'https://',
  ])('refuses %s as where the API begins', (baseUrl) => {
    const SITE_TEXT = JSON.stringify({ ...SITE, baseUrl });
    expect(faultsOf(() => readEnv(driveEnv, { ...good, SITE: SITE_TEXT }))).not.toEqual([]);
  });

  it('takes only identity types, issuers and origins that the API can work with', () => {
    const { IDENTITIES, ADMINISTRATORS, DASHBOARD_ORIGINS } = handleApiEnv;
    const spec = { IDENTITIES, ADMINISTRATORS, DASHBOARD_ORIGINS };
    const read = (source: Record<string, unknown>) =>
      faultsOf(() =>
        readEnv(
          spec,
          Object.fromEntries(
            Object.entries(source).map(([name, value]) => [name, JSON.stringify(value)]),
          ),
        ),
      );
    const ADMIN = { issuer: 'https://cognito-idp.eu-central-1.amazonaws.com/p', clientIds: ['a'] };
    expect(
      read({
        IDENTITIES: { email: 'email', controller_customer_id: 'customer_id' },
        ADMINISTRATORS: ADMIN,
        DASHBOARD_ORIGINS: ['https://privacy.example.com'],
      }),
    ).toEqual([]);
    expect(read({ IDENTITIES: { ios_vendor_id: 'x' } })).toHaveLength(1);
    expect(read({ ADMINISTRATORS: { ...ADMIN, clientIds: [] } })).toHaveLength(1);
    expect(read({ ADMINISTRATORS: { ...ADMIN, issuer: 'http://x' } })).toHaveLength(1);
    expect(read({ DASHBOARD_ORIGINS: ['https://privacy.example.com/'] })).toHaveLength(1);
    expect(read({ DASHBOARD_ORIGINS: ['*'] })).toHaveLength(1);
  });
});

describe('a deployment’s policy', () => {
  it('is the default one where nothing else is said', () => {
    expect(policyOf()).toEqual(DEFAULT_POLICY);
    expect(policyOf(policySettings.parse({ timeoutSeconds: {}, approvals: {} }))).toEqual(
      DEFAULT_POLICY,
    );
  });

  it('changes what is said, in milliseconds, and nothing else', () => {
    const policy = policyOf(
      policySettings.parse({
        timeZone: 'Europe/Berlin',
        holidays: ['2026-12-25'],
        identity: { maxTries: 3 },
        approvals: { erasure: 2 },
        graceSeconds: 0,
        timeoutSeconds: { settling: 5 },
      }),
    );
    expect(policy).toEqual({
      ...DEFAULT_POLICY,
      timeZone: 'Europe/Berlin',
      holidays: ['2026-12-25'],
      identity: { ...DEFAULT_POLICY.identity, maxTries: 3 },
      approvals: { ...DEFAULT_POLICY.approvals, erasure: 2 },
      grace: 0,
      timeouts: { ...DEFAULT_POLICY.timeouts, settling: 5_000 },
    });
  });
});

describe('the routes to services', () => {
  const all = [
    { ...SERVICES[0]!, stores: ['user-profiles'] },
    { ...SERVICES[0]!, stores: ['orders', 'invoices', 'posts'] },
  ] as Parameters<typeof checkRoutes>[0];

  it('must serve every service’s store of the data map, and no other', () => {
    expect(faultsOf(() => checkRoutes(all, dataMap))).toEqual([]);
    const wrong = [all[0]!, { ...all[1]!, stores: ['orders', 'shop'] }];
    expect(faultsOf(() => checkRoutes(wrong, dataMap))).toEqual([
      'SERVICES: shop is no store of the data map',
      'SERVICES: nobody serves the store invoices',
      'SERVICES: nobody serves the store posts',
    ]);
  });

  it('need serve no more than an executor’s area', () => {
    expect(faultsOf(() => checkRoutes([all[0]!], dataMap, 'user-services'))).toEqual([]);
    expect(faultsOf(() => checkRoutes([], dataMap, 'streaming'))).toEqual([]);
    expect(faultsOf(() => checkRoutes([all[0]!], dataMap, 'content'))).toHaveLength(1);
  });
});
