import type { TaggedResources } from '../../../lib/core/ports/tagged-resources.ts';
import { UsageError } from '../erase/usage-error.ts';
import type { WarehouseFlags } from './options.ts';

export interface OpenResources {
  readonly resources: TaggedResources;
  readonly close: () => void;
}

/**
 * The cluster or workgroup that is named, with its snapshots.
 * @returns undefined where neither is named: what is local has no tags
 * @throws {UsageError}
 */
export async function openResources({
  workgroup,
  cluster,
}: Pick<WarehouseFlags, 'cluster' | 'workgroup'>): Promise<OpenResources | undefined> {
  if (workgroup !== undefined && cluster !== undefined) {
    throw new UsageError('--workgroup and --cluster: name one of them');
  }
  if (cluster !== undefined) {
    const [{ RedshiftClient }, { clusterResources }] = await Promise.all([
      import('@aws-sdk/client-redshift'),
      import('../../../lib/aws/warehouse/cluster-resources.ts'),
    ]);
    const client = new RedshiftClient({});
    return { resources: clusterResources(client, cluster), close: () => client.destroy() };
  }
  if (workgroup !== undefined) {
    const [{ RedshiftServerlessClient }, { serverlessResources }] = await Promise.all([
      import('@aws-sdk/client-redshift-serverless'),
      import('../../../lib/aws/warehouse/serverless-resources.ts'),
    ]);
    const client = new RedshiftServerlessClient({});
    return { resources: serverlessResources(client, workgroup), close: () => client.destroy() };
  }
  return undefined;
}
