import { describe, expect, it } from 'vitest';
import { ConfigError, readConfig } from '../../lib/config.ts';
import type { DataMap } from '../../lib/core/data-map/schema.ts';
import { MAP_WITH_TABLES } from './warehouse-map.ts';
import { PRODUCTION } from './synthesize.ts';

function faultsOf(context: Record<string, unknown>, map: DataMap = MAP_WITH_TABLES) {
  try {
    readConfig(context, map);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

const CLUSTER = { 'lethe:warehouse': 'cluster', 'lethe:warehouse-name': 'analytics' };
const WORKGROUP = {
  ...{ 'lethe:warehouse': 'workgroup', 'lethe:warehouse-name': 'analytics' },
  'lethe:warehouse-workgroup-arn': 'arn:aws:redshift-serverless:eu-west-1:123456789012:workgroup/x',
};
const MANAGED = { 'lethe:warehouse-snapshots': 'managed' };
const KEY_ARN = 'arn:aws:kms:eu-west-1:123456789012:key/11111111-2222';
/** Where snapshots of a workgroup are restored. */
const RESTORE = {
  ...{ 'lethe:warehouse-namespace': 'analytics', 'lethe:warehouse-capacity': 16 },
  'lethe:warehouse-subnets': 'subnet-12345678,subnet-87654321',
  ...{ 'lethe:warehouse-security-groups': 'sg-12345678', 'lethe:warehouse-key-arn': KEY_ARN },
};
const TABLES = ['customers-table', 'orders-table', 'tickets-table', 'invoices-table'];
const WITHOUT_TABLES: DataMap = {
  ...MAP_WITH_TABLES,
  stores: Object.fromEntries(
    Object.entries(MAP_WITH_TABLES.stores).filter(([, { kind }]) => kind !== 'table'),
  ),
};

describe('the settings of the warehouse', () => {
  it('are off by default, and then the tables of the data map are left out by name', () => {
    const { warehouse, requests } = readConfig({}, MAP_WITH_TABLES);
    expect(warehouse).toBeUndefined();
    expect(requests!.leftOut).toEqual(TABLES);
    expect(requests!.areas.map(({ name }) => name)).not.toContain('warehouse');
    expect(readConfig({}, WITHOUT_TABLES).requests).not.toHaveProperty('leftOut');
  });

  it('ask for a choice in production, where the data map has tables and nobody chose', () => {
    const unchosen = { ...PRODUCTION, 'lethe:warehouse': undefined };
    const [fault, ...others] = faultsOf(unchosen);
    expect(others).toEqual([]);
    expect(fault).toMatch(/^lethe:warehouse must say where customers-table, .* or none/);
    expect(faultsOf(PRODUCTION)).toEqual([]);
    expect(faultsOf({ ...unchosen, 'lethe:requests': false })).toEqual([]);
    expect(faultsOf(unchosen, WITHOUT_TABLES)).toEqual([]);
  });

  it('make a small private warehouse where no more is said', () => {
    const { warehouse, requests } = readConfig(
      { 'lethe:warehouse': 'serverless' },
      MAP_WITH_TABLES,
    );
    expect(warehouse).toMatchObject({
      place: { kind: 'serverless', name: 'lethe', capacity: 8 },
      ...{ database: 'dev', passDays: 28, undoDays: 7, maximumPercent: 10, backupDays: 29 },
    });
    expect(Object.keys(warehouse!.stores)).toEqual(TABLES);
    expect(requests!.areas.map(({ name }) => name)).toContain('warehouse');
  });

  it('are refused together, each fault by its name', () => {
    expect(
      faultsOf({
        'lethe:warehouse': 'workgroup',
        'lethe:warehouse-capacity': 12,
        'lethe:warehouse-pass-days': 31,
        'lethe:warehouse-database': 'Robert"; DROP',
        'lethe:lake-formation-readers': 'somebody',
      }).map((fault) => fault.split(' ')[0]),
    ).toEqual([
      'lethe:warehouse-database',
      'lethe:warehouse-capacity',
      'lethe:warehouse-pass-days',
      'lethe:lake-formation-readers',
    ]);
    expect(
      faultsOf({
        'lethe:warehouse': 'cluster',
        'lethe:warehouse-capacity': 16,
        'lethe:warehouse-workgroup-arn':
          'arn:aws:redshift-serverless:eu-west-1:123456789012:workgroup/x',
        'lethe:lake-formation-readers': 'arn:aws:iam::123456789012:role/a',
      }),
    ).toEqual([
      'lethe:warehouse-name must name the cluster that is there',
      'lethe:warehouse-workgroup-arn goes with lethe:warehouse=workgroup, and only so',
      'lethe:warehouse-capacity is for lethe:warehouse=serverless, and for what is restored of a workgroup',
      'lethe:lake-formation-readers needs lethe:lake-formation-database',
    ]);
  });

  it.each([
    [
      { 'lethe:warehouse': 'maybe' },
      'lethe:warehouse must be serverless, workgroup, cluster or none',
    ],
    [{ 'lethe:warehouse-name': 'lethe' }, 'lethe:warehouse-name needs lethe:warehouse'],
    [
      { 'lethe:warehouse': 'serverless', 'lethe:requests': false },
      'lethe:warehouse needs lethe:requests, whose erasures it carries out',
    ],
    [
      {
        'lethe:warehouse': 'serverless',
        'lethe:lake-formation-database': 'shop',
        'lethe:lake-formation-personal-readers': JSON.stringify([
          { role: 'arn:aws:iam::123456789012:role/a', values: ['contact', 'health'] },
        ]),
      },
      'lethe:lake-formation-personal-readers names health; the data map gives none, account, contact, free-text, location, name',
    ],
  ])('refuse %j', (context, fault) => {
    const [found] = faultsOf(context);
    expect(found).toContain(fault.split(';')[0]);
  });

  it('leave snapshots to the owner of what is there, unless they say managed', () => {
    const placeIn = (context: object) =>
      readConfig({ ...context }, MAP_WITH_TABLES).warehouse!.place;
    expect(placeIn(CLUSTER)).toEqual({ kind: 'cluster', name: 'analytics' });
    expect(placeIn({ ...CLUSTER, 'lethe:warehouse-snapshots': 'owner' })).not.toHaveProperty(
      'managed',
    );
    expect(placeIn({ ...CLUSTER, ...MANAGED })).toMatchObject({ managed: { keyArn: undefined } });
    expect(placeIn({ ...WORKGROUP, ...MANAGED, ...RESTORE })).toMatchObject({
      managed: {
        ...{ namespace: 'analytics', keyArn: KEY_ARN, capacity: 16 },
        subnetIds: ['subnet-12345678', 'subnet-87654321'],
        securityGroupIds: ['sg-12345678'],
      },
    });
  });

  it('refuse what does not go together for snapshots, all of it at once', () => {
    const keysOf = (context: object) =>
      faultsOf({ ...context }).map((fault) => fault.split(' ')[0]);
    const own = { 'lethe:warehouse': 'serverless' };
    expect(keysOf({ ...own, ...MANAGED })).toEqual(['lethe:warehouse-snapshots']);
    expect(keysOf({ ...WORKGROUP, ...MANAGED })).toEqual([
      ...['lethe:warehouse-namespace', 'lethe:warehouse-subnets'],
      ...['lethe:warehouse-security-groups', 'lethe:warehouse-key-arn'],
    ]);
    expect(keysOf({ ...CLUSTER, ...MANAGED, ...RESTORE })).toEqual([
      ...['lethe:warehouse-capacity', 'lethe:warehouse-namespace'],
      ...['lethe:warehouse-subnets', 'lethe:warehouse-security-groups'],
    ]);
    expect(faultsOf({ ...WORKGROUP, ...RESTORE, 'lethe:warehouse-capacity': undefined })).toEqual([
      ...['namespace', 'subnets', 'security-groups', 'key-arn'].map(
        (key) => `lethe:warehouse-${key} needs lethe:warehouse-snapshots=managed`,
      ),
    ]);
    expect(keysOf({ ...CLUSTER, ...MANAGED, 'lethe:warehouse-subnets': 'net-1' })).toEqual([
      'lethe:warehouse-subnets',
    ]);
  });

  it('refuse a cluster that is called like what the purge deletes', () => {
    const [fault, ...others] = faultsOf({ ...CLUSTER, 'lethe:warehouse-name': 'lethe-purge-x' });
    expect(fault).toContain('must not begin with lethe-purge-');
    expect(others).toEqual([]);
  });

  it('refuse a promise about backups that are not theirs to make', () => {
    const [fault] = faultsOf({
      'lethe:warehouse': 'serverless',
      'lethe:warehouse-backup-days': 60,
    });
    expect(fault).toMatch(/^lethe:warehouse-backup-days is for a warehouse that is there already/);
  });
});
