import { warehouseTables } from '../../lib/core/warehouse/warehouse-table.ts';
import { dataMap } from '../../lib/data-map.ts';
import { clock } from '../runtime/connect/chance.ts';
import { connectLedger, connectWarehouse } from '../runtime/connect/warehouse.ts';
import { readEnv } from '../runtime/env.ts';
import { createLog } from '../runtime/log.ts';
import { replayLedgerEnv } from './env.ts';
import { replay } from './replay-ledger.ts';

const SERVICE = 'replay-ledger';
const env = readEnv(replayLedgerEnv, process.env);
const warehouse = connectWarehouse(SERVICE, env)();
const tables = warehouseTables(dataMap, warehouse.dialect);
const ledger = connectLedger(SERVICE, env);
const log = createLog(SERVICE);

export const handler = (): ReturnType<typeof replay> =>
  replay({ warehouse, tables, ledger, clock, log });
