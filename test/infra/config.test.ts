import { describe, expect, it } from 'vitest';
import { ConfigError, readConfig } from '../../lib/config.ts';
import { defineDataMap } from '../../lib/core/data-map/define-data-map.ts';
import type { DataMap } from '../../lib/core/data-map/schema.ts';
import { dataMap } from '../../lib/data-map.ts';
import { PRODUCTION } from './synthesize.ts';

function faultsOf(context: Record<string, unknown>, map: DataMap = dataMap): readonly string[] {
  try {
    readConfig(context, map);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

describe('the deployment settings', () => {
  it('are the published ones where nothing is chosen', () => {
    expect(readConfig({}, dataMap)).toEqual({
      stage: 'demo',
      path: {
        streamName: 'customer-events',
        stream: dataMap.stores['customer-events'],
        archiveName: 'customer-archive',
        archive: dataMap.stores['customer-archive'],
      },
      stream: { capacity: 'on-demand' },
      delivery: {
        gzip: false,
        hivePartitions: false,
        bufferSeconds: 60,
        bufferMebibytes: 1,
        transformBufferSeconds: 10,
        transformBufferMegabytes: 1,
        transformReservedConcurrency: undefined,
        failedRecordDays: 14,
        noncurrentDays: 7,
      },
      operations: {
        logRetentionDays: 7,
        keyRotationDays: 365,
        alarmEmail: undefined,
        alarmTopicArn: undefined,
      },
      archive: { maximumPercent: 10, everyHours: 1, workers: 50, undoDays: 7 },
      requests: {
        areas: [
          { name: 'streaming', stores: [{ name: 'customer-events', kind: 'stream' }] },
          { name: 'archive', stores: [{ name: 'customer-archive', kind: 'archive' }] },
          { name: 'user-services', stores: [{ name: 'user-profiles', kind: 'service' }] },
          {
            name: 'commerce',
            stores: [
              { name: 'orders', kind: 'service' },
              { name: 'invoices', kind: 'service' },
            ],
          },
          { name: 'content', stores: [{ name: 'posts', kind: 'service' }] },
        ],
        // Nobody chose a warehouse; synthesis says so.
        leftOut: ['shop-visits', 'shop-orders', 'shop-customers', 'shop-invoices'],
        services: { areSamples: true, routes: [], gatheredHosts: [], crosswalk: undefined },
        policy: undefined,
        site: {
          organisation: 'Example Ltd',
          processorDomain: undefined,
          domain: undefined,
          certificateSecretArn: undefined,
        },
        api: {
          webAclArn: undefined,
          adminCidrs: [],
          ratePerSecond: 50,
          burst: 100,
          accountLogs: 'set-up',
        },
        administrators: { pool: undefined, origins: [] },
        mail: {
          from: 'no-reply@example.com',
          identity: 'existing',
          isChosen: false,
          noticesEmail: undefined,
        },
        capacity: 'on-demand',
        auditRetentionDays: 1,
        packageDays: 7,
      },
    });
  });

  it('are read alike as text from the command line and as values from cdk.json', () => {
    const text = {
      stage: 'production',
      'lethe:requests': 'false',
      'lethe:shards': '4',
      'lethe:gzip': 'true',
      'lethe:transform-buffer-mb': '0.2',
    };
    const values = {
      stage: 'production',
      'lethe:requests': false,
      'lethe:shards': 4,
      'lethe:gzip': true,
      'lethe:transform-buffer-mb': 0.2,
    };
    expect(readConfig(text, dataMap)).toEqual(readConfig(values, dataMap));
    expect(readConfig(text, dataMap).stream.capacity).toBe(4);
  });

  it('keep logs longer in production', () => {
    expect(readConfig(PRODUCTION, dataMap).operations.logRetentionDays).toBe(90);
  });

  it('leave the context of others alone', () => {
    expect(faultsOf({ 'aws:cdk:bundling-stacks': [], '@aws-cdk/core:x': true, other: 1 })).toEqual(
      [],
    );
  });

  it('name every fault in one message', () => {
    const context = {
      stage: 'staging',
      'lethe:shards': '0',
      'lethe:gzip': 'yes',
      'lethe:buffer-seconds': 901,
      'lethe:buffer-mib': '1.5',
      'lethe:transform-buffer-mb': 3.1,
      'lethe:archive-maximum-percent': 101,
      'lethe:archive-every-hours': 0,
      'lethe:archive-workers': 'all',
      'lethe:archive-undo-days': 31,
      'lethe:log-retention-days': 8,
      'lethe:key-rotation-days': '',
      'lethe:alarm-email': 'a@example.org',
      'lethe:alarm-topic-arn': 'arn:aws:sns:eu-west-1:123456789012:alarms',
      'lethe:stage': 'production',
      'lethe:shard': 1,
    };
    const faults = faultsOf(context).join('\n');
    for (const key of Object.keys(context)) {
      if (key !== 'lethe:alarm-topic-arn') expect(faults).toMatch(new RegExp(`^${key} `, 'm'));
    }
    expect(faults).toContain('lethe:shard is no setting of Lethe; there are stage, lethe:shards,');
    expect(() => readConfig(context, dataMap)).toThrow(/have \d+ faults; mend them in cdk\.json/);
  });

  it.each([
    ['lethe:shards', ['-1', '1e3', ' ', null, [], 'many']],
    ['lethe:buffer-seconds', ['-1', '900.5', '٣', true]],
    ['lethe:archive-maximum-percent', ['-1', '100.1', '0.005', '10%', true]],
    ['lethe:archive-every-hours', ['0', '25', '1.5']],
    ['lethe:archive-workers', ['0', '1001', 'many']],
    ['lethe:archive-undo-days', ['-1', '31', '0.5']],
    ['lethe:alarm-email', ['nobody', 7]],
    ['lethe:alarm-topic-arn', ['alarms', 'arn:aws:sns:eu-west-1:123456789012:alarms.fifo']],
  ])('refuse values that %s cannot have', (key, values) => {
    for (const value of values) {
      expect(faultsOf({ [key]: value }), String(value)).toHaveLength(1);
    }
  });

  it('bound the batch by what the transform can answer, whatever redaction makes of it', () => {
    expect(faultsOf({ 'lethe:transform-buffer-mb': '1.2' })).toEqual([]);
    expect(faultsOf({ 'lethe:transform-buffer-mb': '3' })).toEqual([
      'lethe:transform-buffer-mb must be at most 1.2: redaction could make a batch longer than the 6 MB that a transform may answer',
    ]);
  });

  it('refuse a data map that the services cannot obey, beside the other faults', () => {
    const stores = dataMap.stores;
    const map = defineDataMap({
      ...dataMap,
      stores: {
        'customer-events': { ...stores['customer-events'], retention: { days: 0 } },
        'customer-archive': {
          ...stores['customer-archive'],
          retention: { days: 0 },
          format: 'csv',
          prefix: 'phi-errors/ours/',
        },
      },
    });
    expect(faultsOf({ stage: 'x' }, map)).toEqual([
      'stage must be demo or production',
      'data map: stores.customer-events.retention.days must be from 1 to 365 for Kinesis',
      'data map: stores.customer-archive.retention.days must be at least 1 for S3',
      'data map: stores.customer-archive.format must be jsonl: so the filter writes',
      'data map: stores.customer-archive.prefix must not meet phi-errors/, where failed records lie',
    ]);
  });

  it('ask in production who speaks to data subjects and where tables are, unless there are no requests', () => {
    expect(faultsOf({ stage: 'production' })).toEqual([
      'lethe:organisation must be given in production, where data subjects get mail; or switch lethe:requests off',
      'lethe:mail-from must be given in production, where data subjects get mail; or switch lethe:requests off',
      'lethe:warehouse must say where shop-visits, shop-orders, shop-customers, shop-invoices of the data map are: serverless, workgroup or cluster; or none, and no request reaches them',
    ]);
    expect(readConfig({ stage: 'production', 'lethe:requests': false }, dataMap).requests).toBe(
      undefined,
    );
  });

  it('replace the samples by services of one’s own, each store by one', () => {
    const route = { kind: 'token', url: 'https://crm.example.com', secretArn: 'arn:aws:x:1:2:s' };
    const services = [{ stores: ['user-profiles', 'orders', 'invoices', 'posts'], route }];
    const own = { 'lethe:sample-services': false, 'lethe:services': services };
    expect(faultsOf({ ...own, 'lethe:crosswalk': route })).toEqual([]);
    expect(faultsOf({ ...own, 'lethe:services': JSON.stringify(services) })).toEqual([
      'lethe:crosswalk must be given, as lethe:sample-services is off',
    ]);
    expect(
      faultsOf({
        'lethe:sample-services': false,
        'lethe:services': [{ stores: ['posts'], route }],
      }),
    ).toEqual([
      'lethe:services must say who serves user-profiles, orders, invoices, as lethe:sample-services is off',
      'lethe:crosswalk must be given, as lethe:sample-services is off',
    ]);
    expect(faultsOf({ 'lethe:services': [{ stores: ['customer-events'], route }] })).toEqual([
      'lethe:services names customer-events, which is no store of kind "service" in the data map',
    ]);
  });

  it.each([
    ['lethe:services', ['{', [{ stores: [], route: {} }], 'x']],
    ['lethe:policy', ['{"graceSeconds":-1}', { unknown: 1 }]],
    ['lethe:admin-cidrs', ['192.0.2.0', '192.0.2.0/24,192.0.2.0/24', []]],
    ['lethe:gathered-hosts', ['https://data.example.com', '*', 'data.example.com:8443', []]],
    ['lethe:domain', ['Example.com', 'https://example.com']],
    ['lethe:web-acl-arn', ['acl']],
    ['lethe:dashboard-origins', ['http://example.com', 'https://example.com/']],
    ['lethe:user-pool-id', ['pool']],
    ['lethe:mail-identity', ['none']],
    ['lethe:package-days', ['0', '91']],
  ])('refuse, of requests, values that %s cannot have', (key, values) => {
    for (const value of values) {
      const faults = faultsOf({ [key]: value });
      expect(faults.length, JSON.stringify(value)).toBeGreaterThan(0);
      for (const fault of faults) expect(fault.startsWith(key), fault).toBe(true);
    }
  });

  it('want both or none of what goes together', () => {
    expect(
      faultsOf({
        'lethe:domain': 'dsr.example.com',
        'lethe:user-pool-clients': 'abc123',
        'lethe:mail-identity': 'domain',
      }),
    ).toEqual([
      'lethe:domain and lethe:domain-certificate-arn go together: give both or none',
      'lethe:user-pool-id and lethe:user-pool-clients go together: give both or none',
      'lethe:mail-identity needs lethe:mail-from, whose identity it is',
    ]);
  });
});
