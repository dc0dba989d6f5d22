import {
  type Cluster,
  ClusterAlreadyExistsFault,
  ClusterNotFoundFault,
  ClusterSnapshotAlreadyExistsFault,
  ClusterSnapshotNotFoundFault,
  CreateClusterSnapshotCommand,
  DeleteClusterCommand,
  DeleteClusterSnapshotCommand,
  RestoreFromClusterSnapshotCommand,
  type Snapshot,
} from '@aws-sdk/client-redshift';
import type {
  SnapshotProgress,
  WarehouseSnapshot,
  WarehouseSnapshots,
} from '../../core/ports/warehouse-snapshots.ts';
import {
  type ClusterClient,
  clusterNamed,
  readTags,
  snapshotNamed,
  snapshotsOf,
  unlessFault,
} from './redshift-clusters.ts';

export interface ClusterSnapshotsOptions {
  readonly client: ClusterClient;
  /** Whose snapshots they are: a provisioned cluster's identifier. */
  readonly cluster: string;
}

/** A name of ours is somebody else's already: nothing is done to it. */
class NameTakenError extends Error {
  override readonly name = 'NameTakenError';
}

const DAY = 24 * 60 * 60 * 1_000;

/**
 * Snapshots of a provisioned cluster. A snapshot is restored into a cluster of its own, in the network
 * and under the parameters that the cluster has now. Source: Amazon Redshift API reference.
 */
export function clusterSnapshots({ client, cluster }: ClusterSnapshotsOptions): WarehouseSnapshots {
  return {
    list: async function* () {
      for await (const snapshot of snapshotsOf(client, cluster)) {
        const read = readSnapshot(snapshot);
        if (read !== undefined) yield read;
      }
    },
    restore: async (snapshotId, restoredId) => {
      const now = await clusterNamed(client, cluster);
      if (now === undefined) throw new Error(`There is no cluster ${cluster}`);
      await unlessFault(ClusterAlreadyExistsFault, () =>
        client.send(
          new RestoreFromClusterSnapshotCommand({
            ...{ ClusterIdentifier: restoredId, SnapshotIdentifier: snapshotId },
            // Named, as the role may touch this cluster's snapshots alone.
            SnapshotClusterIdentifier: cluster,
            ...networkOf(now),
            PubliclyAccessible: false,
            // The least for RA3 nodes; these go with the cluster.
            AutomatedSnapshotRetentionPeriod: 1,
            // Node type, their number, keys and port stay those of the snapshot.
          }),
        ),
      );
    },
    restored: async (restoredId) => {
      const found = await clusterNamed(client, restoredId);
      return found === undefined ? 'missing' : restoreProgress(found);
    },
    ...clusterBackups(client),
    deleteSnapshot: async (snapshotId) => {
      await unlessFault(ClusterSnapshotNotFoundFault, () =>
        client.send(
          new DeleteClusterSnapshotCommand({
            SnapshotIdentifier: snapshotId,
            SnapshotClusterIdentifier: cluster,
          }),
        ),
      );
    },
    deleteRestored: async (restoredId) => {
      const found = await clusterNamed(client, restoredId);
      if (found === undefined || found.ClusterStatus === 'deleting') return;
      await unlessFault(ClusterNotFoundFault, () =>
        client.send(
          new DeleteClusterCommand({
            ClusterIdentifier: restoredId,
            SkipFinalClusterSnapshot: true,
          }),
        ),
      );
    },
  };
}

/** Taking a snapshot of a cluster and looking how it is; restores nothing and deletes nothing. */
export function clusterBackups(client: ClusterClient): Pick<WarehouseSnapshots, 'take' | 'taken'> {
  return {
    take: async (fromRestoredId, { id, retentionDays, tags }) => {
      const isNew = await unlessFault(ClusterSnapshotAlreadyExistsFault, () =>
        client.send(
          new CreateClusterSnapshotCommand({
            ...{ ClusterIdentifier: fromRestoredId, SnapshotIdentifier: id },
            ManualSnapshotRetentionPeriod: retentionDays,
            Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
          }),
        ),
      );
      if (isNew) return;
      // Ids are the account's, not the cluster's: another's snapshot is no backup of this one.
      const of = (await snapshotNamed(client, id))?.ClusterIdentifier;
      if (of !== undefined && of !== fromRestoredId) {
        throw new NameTakenError(`The snapshot ${id} is there already, of another cluster: ${of}`);
      }
    },
    taken: async (id) => {
      const found = await snapshotNamed(client, id);
      return found === undefined ? 'missing' : snapshotProgress(found.Status);
    },
  };
}

/** Where the warehouse stands now, and not where it stood when the snapshot was taken. */
function networkOf(cluster: Cluster) {
  const groups = (cluster.VpcSecurityGroups ?? []).flatMap(
    ({ VpcSecurityGroupId: id }) => id ?? [],
  );
  // It requires TLS where the warehouse does.
  const parameters = cluster.ClusterParameterGroups?.[0]?.ParameterGroupName;
  return {
    ClusterSubnetGroupName: cluster.ClusterSubnetGroupName,
    ...(groups.length > 0 && { VpcSecurityGroupIds: groups }),
    ClusterParameterGroupName: parameters,
    EnhancedVpcRouting: cluster.EnhancedVpcRouting,
  };
}

function readSnapshot(snapshot: Snapshot): WarehouseSnapshot | undefined {
  const { SnapshotIdentifier: id, SnapshotCreateTime: created } = snapshot;
  if (id === undefined || created === undefined) return undefined;
  const period = snapshot.ManualSnapshotRetentionPeriod ?? -1;
  // The period may begin later than the snapshot: when somebody changed it.
  const begins = (snapshot.SnapshotRetentionStartTime ?? created).getTime();
  const late = Math.max(0, Math.ceil((begins - created.getTime()) / DAY));
  return {
    ...{ id, takenAt: created.getTime() },
    retentionDays: period < 0 ? -1 : period + late,
    // Only the service may delete its own.
    isManual: snapshot.SnapshotType !== 'automated',
    tags: readTags(snapshot.Tags),
  };
}

function snapshotProgress(status: string | undefined): SnapshotProgress {
  switch (status) {
    case 'available':
      return 'done';
    case 'creating':
    case 'final snapshot':
      return 'under-way';
    default:
      return 'failed';
  }
}

/** A cluster may be asked before all of its data is there; a snapshot of it is taken only after. */
function restoreProgress({ ClusterStatus, RestoreStatus }: Cluster): SnapshotProgress {
  if (ClusterStatus?.startsWith('incompatible-') === true) return 'failed';
  if (ClusterStatus === 'hardware-failure') return 'failed';
  if (ClusterStatus !== 'available') return 'under-way';
  // Absent of a cluster that nobody restored: not ours, whatever its name.
  switch (RestoreStatus?.Status) {
    case 'completed':
      return 'done';
    case 'starting':
    case 'restoring':
      return 'under-way';
    default:
      return 'failed';
  }
}
