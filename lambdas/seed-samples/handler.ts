import { dataMap } from '../../lib/data-map.ts';
import { SAMPLE_SERVICES } from '../../lib/sample-services/sample-service.ts';
import { connectRecords } from '../runtime/connect/records.ts';
import { EnvError, readEnv } from '../runtime/env.ts';
import { createLog } from '../runtime/log.ts';
import { seedSamplesEnv } from './env.ts';
import { eachItsOwn } from './service-tables.ts';
import { seedSamples, type SeedSamplesAnswer } from './seed-samples.ts';

const SERVICE = 'seed-samples';
const env = readEnv(seedSamplesEnv, process.env);
const unnamed = SAMPLE_SERVICES.filter(({ name }) => env.RECORDS_TABLES[name] === undefined);
if (unnamed.length > 0) {
  throw new EnvError(unnamed.map(({ name }) => `RECORDS_TABLES: names no table of ${name}`));
}
const table = eachItsOwn(
  SAMPLE_SERVICES.map(({ name, stores }) => ({
    stores: stores.map((store) => store.name),
    table: connectRecords(SERVICE, { RECORDS_TABLE: env.RECORDS_TABLES[name]! }),
  })),
);
const log = createLog(SERVICE);

export const handler = (event: unknown): Promise<SeedSamplesAnswer> =>
  seedSamples(event, { deps: { table, dataMap }, log });
