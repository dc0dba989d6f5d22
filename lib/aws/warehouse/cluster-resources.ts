import { CreateTagsCommand, ResourceNotFoundFault } from '@aws-sdk/client-redshift';
import type { TaggedResources } from '../../core/ports/tagged-resources.ts';
import {
  type ClusterClient,
  clusterNamed,
  readTags,
  snapshotsOf,
  unlessFault,
} from './redshift-clusters.ts';

/** A provisioned cluster and its snapshots, those of the service too. */
export function clusterResources(client: ClusterClient, cluster: string): TaggedResources {
  return {
    list: async function* () {
      const found = await clusterNamed(client, cluster);
      if (found === undefined) return;
      yield {
        ...{ kind: 'cluster', name: cluster, tags: readTags(found.Tags) },
        // Only the namespace's ARN is told; the cluster's differs in its last parts.
        arn: (found.ClusterNamespaceArn ?? '').replace(/:namespace:.*$/, `:cluster:${cluster}`),
      };
      for await (const { SnapshotIdentifier, SnapshotArn, Tags } of snapshotsOf(client, cluster)) {
        if (SnapshotIdentifier === undefined || SnapshotArn === undefined) continue;
        const tags = readTags(Tags);
        yield { kind: 'snapshot', name: SnapshotIdentifier, arn: SnapshotArn, tags };
      }
    },
    tag: async (arn, tags) => {
      const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
      const isThere = await unlessFault(ResourceNotFoundFault, () =>
        client.send(new CreateTagsCommand({ ResourceName: arn, Tags })),
      );
      return isThere ? 'done' : 'missing';
    },
  };
}
