import {
  type Cluster,
  ClusterNotFoundFault,
  ClusterSnapshotNotFoundFault,
  DescribeClustersCommand,
  DescribeClusterSnapshotsCommand,
  type RedshiftClient,
  type Snapshot,
  type Tag,
} from '@aws-sdk/client-redshift';

export type ClusterClient = Pick<RedshiftClient, 'send'>;

/** All snapshots of a cluster, those of the service too, page by page. */
export async function* snapshotsOf(
  client: ClusterClient,
  cluster: string,
): AsyncIterable<Snapshot> {
  let Marker: string | undefined;
  do {
    const page = await client.send(
      new DescribeClusterSnapshotsCommand({ ClusterIdentifier: cluster, Marker }),
    );
    yield* page.Snapshots ?? [];
    Marker = page.Marker;
  } while (Marker !== undefined && Marker !== '');
}

export function readTags(tags: readonly Tag[] | undefined): Record<string, string> {
  return Object.fromEntries((tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value]));
}

/** @returns undefined where there is none of that name */
export async function clusterNamed(
  client: ClusterClient,
  name: string,
): Promise<Cluster | undefined> {
  try {
    const command = new DescribeClustersCommand({ ClusterIdentifier: name });
    return (await client.send(command)).Clusters?.[0];
  } catch (error) {
    if (error instanceof ClusterNotFoundFault) return undefined;
    throw error;
  }
}

/** @returns undefined where there is none of that name */
export async function snapshotNamed(
  client: ClusterClient,
  id: string,
): Promise<Snapshot | undefined> {
  try {
    const command = new DescribeClusterSnapshotsCommand({ SnapshotIdentifier: id });
    return (await client.send(command)).Snapshots?.[0];
  } catch (error) {
    if (error instanceof ClusterSnapshotNotFoundFault) return undefined;
    throw error;
  }
}

type Fault = abstract new (...args: never[]) => Error;

/** A call after which something is there, or gone. @returns whether it was not so before */
export async function unlessFault(fault: Fault, call: () => Promise<unknown>): Promise<boolean> {
  try {
    await call();
    return true;
  } catch (error) {
    if (error instanceof fault) return false;
    throw error;
  }
}
