import * as z from 'zod';
import type { EnvSpec } from '../runtime/env.ts';
import { keysEnv, requestsEnv, siteEnv, subjectsEnv } from '../runtime/engine-env.ts';

/** OpenDSR identity type to the data map's identifier. */
const identityTypes = z.partialRecord(
  z.enum(['email', 'controller_customer_id']),
  z.string().regex(/^[a-z][a-z0-9_]{0,63}$/, 'must be snake_case'),
);

/** Where administrators log in. */
const administratorPool = z.strictObject({
  /** `https://cognito-idp.<region>.amazonaws.com/<pool id>` */
  issuer: z.string().regex(/^https:\/\/[^\s?#@]+[^\s?#@/]$/, 'must be an https URL'),
  /** App clients whose tokens are taken. */
  clientIds: z.array(z.string().min(1).max(128)).min(1),
});

/** Variables of the HTTP API. */
export const handleApiEnv = {
  ...requestsEnv,
  ...keysEnv,
  ...subjectsEnv,
  ...siteEnv,
  /** Secret with the certificate of the signing key, and its chain, PEM. */
  CERTIFICATE_SECRET: { type: 'string' },
  /** Which identities OpenDSR's controllers may send: JSON. @default email alone */
  IDENTITIES: { type: 'json', schema: identityTypes, optional: true },
  /** Administrators' user pool: JSON. @default nobody can log in as an administrator */
  ADMINISTRATORS: { type: 'json', schema: administratorPool, optional: true },
  /** Origins of the dashboard: JSON. @default none */
  DASHBOARD_ORIGINS: {
    type: 'json',
    schema: z.array(z.string().regex(/^https:\/\/[^\s/?#@]+$/, 'must be an https origin')).max(10),
    optional: true,
  },
  /** Table of the agents that may send requests. */
  AGENTS_TABLE: { type: 'string' },
  /** Table that counts calls. */
  RATE_LIMITS_TABLE: { type: 'string' },
  /** Bucket of sealed access packages; large ones lie open below `opened/` for minutes. */
  PACKAGES_BUCKET: { type: 'string' },
} as const satisfies EnvSpec;

export type AdministratorPool = z.input<typeof administratorPool>;
