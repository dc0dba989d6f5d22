import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Warehouse } from '../../../lib/core/ports/warehouse.ts';
import { UsageError } from '../erase/usage-error.ts';
import type { WarehouseFlags } from './options.ts';

export interface OpenWarehouse {
  readonly warehouse: Warehouse;
  readonly close: () => Promise<void>;
}

/** Beyond it a statement is cancelled: a pass over a large warehouse takes its time. ms */
const STATEMENT_TIMEOUT = 60 * 60 * 1_000;

/** Opens the local warehouse, or the one on AWS that is named. @throws {UsageError} */
export async function openWarehouse(flags: WarehouseFlags): Promise<OpenWarehouse> {
  const { workgroup, cluster, database, secretArn } = flags;
  if (workgroup === undefined && cluster === undefined) return openLocal(flags.directory);
  if (workgroup !== undefined && cluster !== undefined) {
    throw new UsageError('--workgroup and --cluster: name one of them');
  }
  const [{ RedshiftDataClient }, { redshiftWarehouse }] = await Promise.all([
    import('@aws-sdk/client-redshift-data'),
    import('../../../lib/aws/warehouse/redshift-warehouse.ts'),
  ]);
  const client = new RedshiftDataClient({});
  const warehouse = redshiftWarehouse({
    ...{ client, database, statementTimeout: STATEMENT_TIMEOUT },
    clock: { now: () => Date.now() },
    sleep: (milliseconds) => wait(milliseconds),
    random: () => Math.random(),
    ...(workgroup !== undefined && { workgroup }),
    ...(cluster !== undefined && { cluster }),
    ...(secretArn !== undefined && { secretArn }),
  });
  return {
    warehouse,
    close: () => {
      client.destroy();
      return Promise.resolve();
    },
  };
}

async function openLocal(directory: string): Promise<OpenWarehouse> {
  const folder = join(resolve(directory), 'warehouse');
  if (!existsSync(folder)) {
    throw new UsageError(`--directory: there is no warehouse under ${folder}`);
  }
  const { openPgliteWarehouse } = await import('../../../lib/local/warehouse/pglite-warehouse.ts');
  const warehouse = await openPgliteWarehouse(folder);
  return { warehouse, close: () => warehouse.close() };
}
