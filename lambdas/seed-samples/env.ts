import * as z from 'zod';
import type { EnvSpec } from '../runtime/env.ts';

/** Variables of the function that invents people for the sample services. */
export const seedSamplesEnv = {
  /** The sample services' tables of records: JSON, by the service's name. */
  RECORDS_TABLES: { type: 'json', schema: z.record(z.string(), z.string().min(1)) },
} as const satisfies EnvSpec;
