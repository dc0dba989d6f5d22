import { RedshiftClient } from '@aws-sdk/client-redshift';
import { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import { RedshiftServerlessClient } from '@aws-sdk/client-redshift-serverless';
import { s3ObjectStore } from '../../../lib/aws/s3-object-store.ts';
import { clusterBackups, clusterSnapshots } from '../../../lib/aws/warehouse/cluster-snapshots.ts';
import { redshiftWarehouse } from '../../../lib/aws/warehouse/redshift-warehouse.ts';
import {
  backupSnapshots,
  serverlessSnapshots,
} from '../../../lib/aws/warehouse/serverless-snapshots.ts';
import type { Warehouse } from '../../../lib/core/ports/warehouse.ts';
import type { WarehouseSnapshots } from '../../../lib/core/ports/warehouse-snapshots.ts';
import type { BlastRadius } from '../../../lib/core/warehouse/erasure/delete-forgotten.ts';
import {
  erasureLedger,
  type ErasureLedger,
} from '../../../lib/core/warehouse/erasure/erasure-ledger.ts';
import { EnvError, type Env } from '../env.ts';
import { sleep } from '../sleep.ts';
import { traced } from '../trace.ts';
import type { ledgerEnv, radiusEnv, snapshotsEnv, warehouseEnv } from '../warehouse-env.ts';
import { clock, random } from './chance.ts';
import { s3Client } from './clients.ts';
import { connectKeys } from './keys.ts';

/** The service throttles by itself and is waited for in the adapter: few tries here. */
const CALL = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 10_000, throwOnRequestTimeout: true },
};

/**
 * The warehouse, or one that was restored from its snapshot: of the same kind, under its own name.
 * @throws {EnvError} unless it is told to be one of a workgroup and a cluster
 */
export function connectWarehouse(
  service: string,
  env: Env<typeof warehouseEnv>,
): (restored?: string) => Warehouse {
  const { DATABASE: database, WORKGROUP: workgroup, CLUSTER: cluster } = env;
  if ((workgroup === undefined) === (cluster === undefined)) {
    throw new EnvError(['WORKGROUP, CLUSTER: exactly one of them must be set']);
  }
  const client = traced(service, new RedshiftDataClient(CALL));
  return (restored) =>
    redshiftWarehouse({
      ...{ client, database, clock, sleep, random: () => random.fraction() },
      statementTimeout: env.STATEMENT_SECONDS * 1_000,
      ...(workgroup !== undefined && { workgroup: restored ?? workgroup }),
      ...(cluster !== undefined && { cluster: restored ?? cluster }),
    });
}

export function connectLedger(service: string, env: Env<typeof ledgerEnv>): ErasureLedger {
  const objects = s3ObjectStore(s3Client(service), env.LEDGER_BUCKET);
  return erasureLedger({ objects, keys: connectKeys(service, env), random });
}

export function radiusOf(env: Env<typeof radiusEnv>): BlastRadius {
  return { rows: env.RADIUS_ROWS, proportion: env.RADIUS_PERCENT / 100 };
}

/** Snapshots to take and to look for; nothing is restored. */
export function connectBackups(
  service: string,
  { CLUSTER: cluster }: Pick<Env<typeof warehouseEnv>, 'CLUSTER'>,
): Pick<WarehouseSnapshots, 'take' | 'taken'> {
  return cluster === undefined
    ? backupSnapshots(traced(service, new RedshiftServerlessClient(CALL)))
    : clusterBackups(traced(service, new RedshiftClient(CALL)));
}

export function connectSnapshots(
  service: string,
  env: Env<typeof snapshotsEnv>,
): WarehouseSnapshots {
  const { SNAPSHOTS: settings } = env;
  if (settings.kind === 'cluster') {
    const client = traced(service, new RedshiftClient(CALL));
    return clusterSnapshots({ client, cluster: settings.cluster });
  }
  const client = traced(service, new RedshiftServerlessClient(CALL));
  return serverlessSnapshots({ client, ...settings });
}
