import {
  ConflictException,
  CreateNamespaceCommand,
  CreateSnapshotCommand,
  CreateWorkgroupCommand,
  DeleteNamespaceCommand,
  DeleteSnapshotCommand,
  DeleteWorkgroupCommand,
  GetNamespaceCommand,
  GetSnapshotCommand,
  GetWorkgroupCommand,
  ListSnapshotsCommand,
  ListTagsForResourceCommand,
  type RedshiftServerlessClient,
  ResourceNotFoundException,
  RestoreFromSnapshotCommand,
  TagResourceCommand,
} from '@aws-sdk/client-redshift-serverless';
import type {
  SnapshotProgress,
  WarehouseSnapshot,
  WarehouseSnapshots,
} from '../../core/ports/warehouse-snapshots.ts';

export interface ServerlessSnapshotsOptions {
  readonly client: Pick<RedshiftServerlessClient, 'send'>;
  /** Whose snapshots they are. */
  readonly namespace: string;
  /** Encrypts what is restored; a KMS key's ARN. */
  readonly kmsKeyId: string;
  /** Network of the restored workgroups: the warehouse's own, without a way out. */
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
  /** Redshift processing units of a restored workgroup. */
  readonly baseCapacity: number;
}

/** On a restored namespace: which snapshot it was told to hold. */
const RESTORED_TAG = 'LetheRestored';

/**
 * Snapshots of a Redshift Serverless namespace. A snapshot is restored into a namespace and a workgroup
 * of its own, made for it: the service restores only where a workgroup is ready, so the restore itself
 * begins at a look. Source: Redshift Serverless API reference.
 */
export function serverlessSnapshots(options: ServerlessSnapshotsOptions): WarehouseSnapshots {
  const { client, namespace, kmsKeyId, subnetIds, securityGroupIds, baseCapacity } = options;

  const isRestoreBegun = async (resourceArn: string): Promise<string | undefined> => {
    const { tags = [] } = await client.send(new ListTagsForResourceCommand({ resourceArn }));
    return tags.find(({ key }) => key === RESTORED_TAG)?.value;
  };

  return {
    list: async function* () {
      let nextToken: string | undefined;
      do {
        const page = await client.send(
          new ListSnapshotsCommand({ namespaceName: namespace, nextToken }),
        );
        for (const snapshot of page.snapshots ?? []) {
          const { snapshotName, snapshotArn = '', snapshotCreateTime } = snapshot;
          if (snapshotName === undefined || snapshotCreateTime === undefined) continue;
          const { tags = [] } = await client.send(
            new ListTagsForResourceCommand({ resourceArn: snapshotArn }),
          );
          yield {
            id: snapshotName,
            takenAt: snapshotCreateTime.getTime(),
            retentionDays: snapshot.snapshotRetentionPeriod ?? -1,
            // The service's own are recovery points, which this call does not list.
            isManual: true,
            tags: Object.fromEntries(tags.map(({ key = '', value = '' }) => [key, value])),
          } satisfies WarehouseSnapshot;
        }
        nextToken = page.nextToken;
      } while (nextToken !== undefined && nextToken !== '');
    },
    restore: async (snapshotId, restoredId) => {
      const tags = [{ key: 'LethePurge', value: snapshotId }];
      await unlessThere(() =>
        client.send(new CreateNamespaceCommand({ namespaceName: restoredId, kmsKeyId, tags })),
      );
      await unlessThere(() =>
        client.send(
          new CreateWorkgroupCommand({
            ...{ workgroupName: restoredId, namespaceName: restoredId, baseCapacity, tags },
            ...{ publiclyAccessible: false, enhancedVpcRouting: true },
            subnetIds: [...subnetIds],
            securityGroupIds: [...securityGroupIds],
            configParameters: [{ parameterKey: 'require_ssl', parameterValue: 'true' }],
          }),
        ),
      );
    },
    restored: async (restoredId) => {
      const found = await unlessMissing(async () => {
        const { namespace: made } = await client.send(
          new GetNamespaceCommand({ namespaceName: restoredId }),
        );
        const { workgroup } = await client.send(
          new GetWorkgroupCommand({ workgroupName: restoredId }),
        );
        return { made, workgroup };
      });
      if (found === undefined) return 'missing';
      const { made, workgroup } = found;
      if (workgroup?.status !== 'AVAILABLE' || made?.status !== 'AVAILABLE') return 'under-way';
      const resourceArn = made.namespaceArn ?? '';
      const { tags = [] } = await client.send(new ListTagsForResourceCommand({ resourceArn }));
      const snapshotName = tags.find(({ key }) => key === 'LethePurge')?.value;
      if (snapshotName === undefined) return 'failed';
      if ((await isRestoreBegun(resourceArn)) === snapshotName) return 'done';
      // Dying between the two, it is restored again: the same rows in the same place.
      await client.send(
        new RestoreFromSnapshotCommand({
          ...{ namespaceName: restoredId, workgroupName: restoredId, snapshotName },
        }),
      );
      const begun = [{ key: RESTORED_TAG, value: snapshotName }];
      await client.send(new TagResourceCommand({ resourceArn, tags: begun }));
      return 'under-way';
    },
    ...backupSnapshots(client),
    deleteSnapshot: async (snapshotName) => {
      await unlessMissing(() => client.send(new DeleteSnapshotCommand({ snapshotName })));
    },
    deleteRestored: async (restoredId) => {
      // A namespace goes only without its workgroup; until then the service answers a conflict, and
      // the step is done again.
      await unlessMissing(() =>
        client.send(new DeleteWorkgroupCommand({ workgroupName: restoredId })),
      );
      await unlessMissing(() =>
        client.send(new DeleteNamespaceCommand({ namespaceName: restoredId })),
      );
    },
  };
}

/** Taking a snapshot of a namespace and looking how it is; restores nothing and deletes nothing. */
export function backupSnapshots(
  client: Pick<RedshiftServerlessClient, 'send'>,
): Pick<WarehouseSnapshots, 'take' | 'taken'> {
  return {
    take: async (fromRestoredId, { id, retentionDays, tags }) => {
      await unlessThere(() =>
        client.send(
          new CreateSnapshotCommand({
            ...{ namespaceName: fromRestoredId, snapshotName: id, retentionPeriod: retentionDays },
            tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
          }),
        ),
      );
    },
    taken: async (snapshotName) => {
      const found = await unlessMissing(() =>
        client.send(new GetSnapshotCommand({ snapshotName })),
      );
      return found === undefined ? 'missing' : progressOf(found.snapshot?.status);
    },
  };
}

function progressOf(status: string | undefined): SnapshotProgress {
  switch (status) {
    case 'AVAILABLE':
      return 'done';
    case 'CREATING':
    case 'COPYING':
      return 'under-way';
    default:
      return 'failed';
  }
}

/** A call that makes something which may be there already, from an earlier try. */
async function unlessThere(call: () => Promise<unknown>): Promise<void> {
  try {
    await call();
  } catch (error) {
    if (!(error instanceof ConflictException)) throw error;
  }
}

async function unlessMissing<Answer>(call: () => Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}
