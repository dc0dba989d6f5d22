import { requestFacts } from '../../lib/core/warehouse/erasure/request-facts.ts';
import { DEFAULT_SCHEDULE } from '../../lib/core/warehouse/erasure/schedule.ts';
import { warehouseCrosswalk } from '../../lib/core/warehouse/warehouse-crosswalk.ts';
import { warehouseServices } from '../../lib/core/warehouse/warehouse-services.ts';
import { dataMap } from '../../lib/data-map.ts';
import { clock } from '../runtime/connect/chance.ts';
import { connectRequestStore } from '../runtime/connect/requests.ts';
import { readKeys } from '../runtime/connect/secrets.ts';
import { connectLedger, connectWarehouse, radiusOf } from '../runtime/connect/warehouse.ts';
import { readEnv } from '../runtime/env.ts';
import { createLog } from '../runtime/log.ts';
import { serveStores, type ServedStoresContext } from '../runtime/served-stores.ts';
import { serveWarehouseEnv } from './env.ts';
import { tableStores } from './serve-warehouse.ts';

const DAY = 24 * 60 * 60 * 1_000;
const SERVICE = 'serve-warehouse';
const env = readEnv(serveWarehouseEnv, process.env);
const { hashKey } = await readKeys(SERVICE, { hashKey: env.HASH_KEY_SECRET });
const warehouse = connectWarehouse(SERVICE, env)();

const services = warehouseServices({
  ...{ warehouse, dataMap, clock, hashKey },
  crosswalk: warehouseCrosswalk(warehouse, dataMap),
  ledger: connectLedger(SERVICE, env),
  schedule: { ...DEFAULT_SCHEDULE, every: env.PASS_DAYS * DAY, undoWindow: env.UNDO_DAYS * DAY },
  radius: radiusOf(env),
  facts: requestFacts(connectRequestStore(SERVICE, env.REQUESTS_TABLE)),
  backupsKept: env.BACKUP_DAYS * DAY,
});
const stores = tableStores(dataMap);
const context: ServedStoresContext = {
  served: { name: 'warehouse', stores, taskSeconds: env.STATEMENT_SECONDS, services, clock },
  log: createLog(SERVICE),
};

export const handler = (event: unknown): ReturnType<typeof serveStores> =>
  serveStores(event, context);
