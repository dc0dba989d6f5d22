import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { SnapshotSettings } from '../../../lambdas/runtime/snapshot-settings.ts';
import type { ExistingWarehouse } from '../../constructs/existing-warehouse.ts';
import { ServerlessWarehouse } from '../../constructs/serverless-warehouse.ts';
import type { WarehouseConfig } from '../../settings/warehouse-config.ts';
import { grantClusterBackup, grantClusterPurge } from './cluster-grants.ts';
import { grantBackup, grantPurge } from './snapshot-grants.ts';

/** Whose snapshots Lethe takes and purges, and what that needs. */
export interface SnapshotCare {
  /** Namespace or cluster that is backed up. */
  readonly of: string;
  readonly settings: SnapshotSettings;
  readonly grantBackup: (fn: IFunction) => void;
  readonly grantPurge: (fn: IFunction) => void;
}

/**
 * @param warehouse as the stack makes or finds it
 * @param keyArn of the key that encrypts what the stack makes
 * @returns undefined where the warehouse's owner takes care of its snapshots
 */
export function snapshotCare(
  { place, database }: WarehouseConfig,
  warehouse: ServerlessWarehouse | ExistingWarehouse,
  keyArn: string,
): SnapshotCare | undefined {
  if (warehouse instanceof ServerlessWarehouse) {
    const { namespaceName, subnetIds, securityGroupId } = warehouse;
    const capacity = place.kind === 'serverless' ? place.capacity : 8;
    return serverlessCare({
      ...{ namespace: namespaceName, keyArn, subnetIds, capacity },
      securityGroupIds: [securityGroupId],
    });
  }
  if (place.kind === 'workgroup' && place.managed !== undefined) {
    return serverlessCare(place.managed);
  }
  if (place.kind === 'cluster' && place.managed !== undefined) {
    const { name } = place;
    const cluster = { name, database, keyArn: place.managed.keyArn };
    return {
      of: name,
      settings: { kind: 'cluster', cluster: name },
      grantBackup: (fn) => grantClusterBackup(fn, cluster),
      grantPurge: (fn) => grantClusterPurge(fn, cluster),
    };
  }
  return undefined;
}

function serverlessCare(of: {
  readonly namespace: string;
  readonly keyArn: string;
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
  readonly capacity: number;
}): SnapshotCare {
  return {
    of: of.namespace,
    settings: {
      kind: 'serverless',
      ...{ namespace: of.namespace, kmsKeyId: of.keyArn, baseCapacity: of.capacity },
      ...{ subnetIds: [...of.subnetIds], securityGroupIds: [...of.securityGroupIds] },
    },
    grantBackup,
    grantPurge: (fn) => grantPurge(fn, of.keyArn),
  };
}
