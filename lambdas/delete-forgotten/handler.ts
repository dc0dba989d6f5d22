import type { Context } from 'aws-lambda';
import { tableTags } from '../../lib/core/catalogue/resource-tags.ts';
import { warehouseTables } from '../../lib/core/warehouse/warehouse-table.ts';
import { dataMap } from '../../lib/data-map.ts';
import { clock } from '../runtime/connect/chance.ts';
import {
  connectBackups,
  connectLedger,
  connectWarehouse,
  radiusOf,
} from '../runtime/connect/warehouse.ts';
import { readEnv } from '../runtime/env.ts';
import { createLog } from '../runtime/log.ts';
import { createMeter } from '../runtime/metrics.ts';
import { sleep } from '../runtime/sleep.ts';
import { runPass, type DeleteForgottenContext } from './delete-forgotten.ts';
import { deleteForgottenEnv } from './env.ts';

const SERVICE = 'delete-forgotten';
const env = readEnv(deleteForgottenEnv, process.env);
const warehouse = connectWarehouse(SERVICE, env)();
const of = env.BACKUP_OF;

const context: DeleteForgottenContext = {
  ...{ warehouse, clock },
  tables: warehouseTables(dataMap, warehouse.dialect),
  radius: radiusOf(env),
  ledger: connectLedger(SERVICE, env),
  backup:
    of === undefined
      ? undefined
      : { ...{ of, sleep, tags: tableTags(dataMap) }, snapshots: connectBackups(SERVICE, env) },
  log: createLog(SERVICE),
  meter: createMeter(SERVICE),
};

export const handler = (_event: unknown, lambda: Context): ReturnType<typeof runPass> =>
  runPass(() => lambda.getRemainingTimeInMillis(), context);
