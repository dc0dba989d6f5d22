import { tableTags } from '../../lib/core/catalogue/resource-tags.ts';
import { warehouseTables } from '../../lib/core/warehouse/warehouse-table.ts';
import { dataMap } from '../../lib/data-map.ts';
import { clock } from '../runtime/connect/chance.ts';
import { connectLedger, connectSnapshots, connectWarehouse } from '../runtime/connect/warehouse.ts';
import { readEnv } from '../runtime/env.ts';
import { createLog } from '../runtime/log.ts';
import { purgeSnapshotEnv } from './env.ts';
import { purgeSnapshot, type PurgeContext } from './purge-snapshot.ts';

const SERVICE = 'purge-snapshot';
const env = readEnv(purgeSnapshotEnv, process.env);
const open = connectWarehouse(SERVICE, env);
const warehouse = open();

const context: PurgeContext = {
  ...{ warehouse, clock },
  openRestored: (name) => open(name),
  tables: warehouseTables(dataMap, warehouse.dialect),
  tags: tableTags(dataMap),
  snapshots: connectSnapshots(SERVICE, env),
  ledger: connectLedger(SERVICE, env),
  log: createLog(SERVICE),
};

export const handler = (event: unknown): ReturnType<typeof purgeSnapshot> =>
  purgeSnapshot(event, context);
