import { RedshiftClient } from '@aws-sdk/client-redshift';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clusterSnapshots } from '../../../lib/aws/warehouse/cluster-snapshots.ts';
import { clusterResources } from '../../../lib/aws/warehouse/cluster-resources.ts';
import type { WarehouseSnapshots } from '../../../lib/core/ports/warehouse-snapshots.ts';
import { all, warehouseSnapshotsContract } from '../../contracts/warehouse-snapshots.ts';
import { taggedResourcesContract } from '../../contracts/tagged-resources.ts';
import { startAwsStandIn, type AwsStandIn } from '../../infra/wiring/aws-stand-in.ts';
import { ScriptedClusters } from './scripted-clusters.ts';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 0, 31);

let service: ScriptedClusters;
let standIn: AwsStandIn;
let client: RedshiftClient;
let snapshots: WarehouseSnapshots;
beforeEach(async () => {
  service = new ScriptedClusters();
  service.add('analytics');
  standIn = await startAwsStandIn(service.answers);
  client = new RedshiftClient({
    ...{ endpoint: standIn.url, region: 'us-east-1', maxAttempts: 1 },
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
  snapshots = clusterSnapshots({ client, cluster: 'analytics' });
});
afterEach(async () => {
  client.destroy();
  await standIn.close();
});

warehouseSnapshotsContract('of a provisioned cluster', () =>
  Promise.resolve({ snapshots, origin: 'analytics', finish: () => service.finish() }),
);

taggedResourcesContract('of a provisioned cluster', () => {
  service.add('tagged', { Team: 'data' });
  service.put('old', { cluster: 'tagged' });
  service.put('new', { cluster: 'tagged', type: 'automated' });
  return Promise.resolve({
    resources: clusterResources(client, 'tagged'),
    nowhere: clusterResources(client, 'nowhere'),
    missingArn: 'arn:aws:redshift:us-east-1:123456789012:snapshot:tagged/gone',
  });
});

describe('snapshots of a provisioned cluster', () => {
  const made = (): readonly string[] => standIn.calls.map(({ operation }) => operation);

  it('are listed page by page: its own alone, the service’s marked, for ever where so kept', async () => {
    service.put('a', { cluster: 'analytics', at: NOW, days: 7, tags: { DataOwner: 'sales' } });
    service.put('b', { cluster: 'analytics', at: NOW });
    service.put('c', { cluster: 'analytics', at: NOW, type: 'automated' });
    service.put('d', { cluster: 'other', at: NOW });
    expect(await all(snapshots)).toEqual([
      { id: 'a', takenAt: NOW, retentionDays: 7, isManual: true, tags: { DataOwner: 'sales' } },
      { id: 'b', takenAt: NOW, retentionDays: -1, isManual: true, tags: {} },
      { id: 'c', takenAt: NOW, retentionDays: -1, isManual: false, tags: {} },
    ]);
    expect(made()).toEqual(Array(3).fill('DescribeClusterSnapshots'));
  });

  it('are kept longer where their days began to count later', async () => {
    service.put('a', { cluster: 'analytics', at: NOW, days: 7, begins: NOW + 20.5 * DAY });
    expect(await all(snapshots)).toMatchObject([{ retentionDays: 28 }]);
  });

  it('are restored where the cluster stands now, reached by nobody else', async () => {
    service.put('a', { cluster: 'analytics' });
    await snapshots.restore('a', 'lethe-purge-a');
    expect(service.clusters.get('lethe-purge-a')!.asked).toMatchObject({
      ...{ PubliclyAccessible: 'false', EnhancedVpcRouting: 'true' },
      ...{ ClusterSubnetGroupName: 'inner', ClusterParameterGroupName: 'tls-only' },
      'VpcSecurityGroupIds.VpcSecurityGroupId.1': 'sg-1',
      AutomatedSnapshotRetentionPeriod: '1',
    });
  });

  it('are not restored until all their data is there, nor where the restore failed', async () => {
    service.put('a', { cluster: 'analytics' });
    await snapshots.restore('a', 'lethe-purge-a');
    const restored = service.clusters.get('lethe-purge-a')!;
    for (const [status, restore, progress] of [
      ['creating', 'starting', 'under-way'],
      ['available', 'restoring', 'under-way'],
      ['available', 'completed', 'done'],
      ['available', 'failed', 'failed'],
      ['incompatible-restore', 'restoring', 'failed'],
      ['deleting', 'completed', 'under-way'],
    ] as const) {
      Object.assign(restored, { status, restore });
      expect(await snapshots.restored('lethe-purge-a')).toBe(progress);
    }
  });

  it('are never taken for restored in a cluster that somebody else made', async () => {
    service.add('lethe-purge-a');
    service.put('a', { cluster: 'analytics' });
    await snapshots.restore('a', 'lethe-purge-a');
    expect(await snapshots.restored('lethe-purge-a')).toBe('failed');
  });

  it('are no backup where another cluster’s bears the name', async () => {
    service.put('backup-1', { cluster: 'other' });
    const taking = snapshots.take('analytics', { id: 'backup-1', retentionDays: 29, tags: {} });
    await expect(taking).rejects.toThrow('of another cluster: other');
  });

  it('that failed are told as failed', async () => {
    service.put('a', { cluster: 'analytics', status: 'failed' });
    expect(await snapshots.taken('a')).toBe('failed');
  });

  it('of the service itself are not deleted', async () => {
    service.put('a', { cluster: 'analytics', type: 'automated' });
    await expect(snapshots.deleteSnapshot('a')).rejects.toThrow();
    expect(service.snapshots.has('a')).toBe(true);
  });

  it('cannot be restored where their cluster is gone', async () => {
    service.put('a', { cluster: 'gone' });
    const gone = clusterSnapshots({ client, cluster: 'gone' });
    await expect(gone.restore('a', 'lethe-purge-a')).rejects.toThrow('There is no cluster gone');
  });
});
