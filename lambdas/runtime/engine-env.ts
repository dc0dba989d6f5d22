import * as z from 'zod';
import type { EnvSpec } from './env.ts';
import { policySettings } from './policy-settings.ts';
import { serviceRoute, serviceRoutes } from './service-routes.ts';
import { siteSettings } from './site-settings.ts';

// Variables by the port that they connect: each function names only those of the ports that it uses.

export const requestsEnv = {
  /** Table of requests, audit entries and claims. */
  REQUESTS_TABLE: { type: 'string' },
  /** How requests are run: JSON, {@link policySettings}. @default the default policy */
  POLICY: { type: 'json', schema: policySettings, optional: true },
} as const satisfies EnvSpec;

export const keysEnv = {
  /** Table of the keys of requests, packages and dead letters, each wrapped. */
  KEYS_TABLE: { type: 'string' },
  /** KMS key (symmetric) that wraps them: its ARN. */
  KEYS_KMS_KEY: { type: 'string' },
} as const satisfies EnvSpec;

export const subjectsEnv = {
  /** Secret with the key of the hashes by which subjects are searched. */
  SUBJECT_HASH_KEY_SECRET: { type: 'string' },
} as const satisfies EnvSpec;

export const siteEnv = {
  /** Who we are: JSON, {@link siteSettings}. */
  SITE: { type: 'json', schema: siteSettings },
  /** Secret with the key of the links in notices. */
  LINK_KEY_SECRET: { type: 'string' },
  /** KMS key (RSA, SIGN_VERIFY) that signs receipts, answers and callbacks: its ARN. */
  SIGNING_KMS_KEY: { type: 'string' },
} as const satisfies EnvSpec;

export const messagesEnv = {
  /** Secret with the key that signs what goes over the task and events streams. */
  MESSAGE_KEY_SECRET: { type: 'string' },
} as const satisfies EnvSpec;

export const gatheredEnv = {
  /** Bucket of what executors gather, sealed. */
  GATHERED_BUCKET: { type: 'string' },
} as const satisfies EnvSpec;

export const deadLettersEnv = {
  /** Bucket of messages that nobody could handle, sealed under keys of the vault. */
  DEAD_LETTER_BUCKET: { type: 'string' },
} as const satisfies EnvSpec;

export const servicesEnv = {
  /** Services that may be called: JSON, {@link serviceRoutes}. */
  SERVICES: { type: 'json', schema: serviceRoutes },
} as const satisfies EnvSpec;

export const suppressionEnv = {
  /** Table of the suppression list that the stream filter obeys. @default no stream is suppressed */
  SUPPRESSION_TABLE: { type: 'string', optional: true },
  /** Table of who was put on the list by which task; needed with SUPPRESSION_TABLE. */
  SUPPRESSED_TABLE: { type: 'string', optional: true },
  /** Secret with the key of the list's hashes; needed with SUPPRESSION_TABLE. */
  SUPPRESSION_KEY_SECRET: { type: 'string', optional: true },
  /** From when on every filter obeys a new entry: its stale limit and one invocation's time. */
  SUPPRESSION_OBEYED_SECONDS: { type: 'integer', min: 1, max: 3_600, default: 120 },
} as const satisfies EnvSpec;

export const leftOutEnv = {
  /** Stores of the data map that are not deployed: JSON, their names. @default none */
  STORES_LEFT_OUT: { type: 'json', schema: z.array(z.string()), optional: true },
} as const satisfies EnvSpec;

/** All that driving a request needs: orchestrate-requests and watch-deadlines. */
export const driveEnv = {
  ...requestsEnv,
  ...leftOutEnv,
  ...keysEnv,
  ...subjectsEnv,
  ...siteEnv,
  ...messagesEnv,
  ...gatheredEnv,
  ...servicesEnv,
  ...suppressionEnv,
  /** Kinesis stream of the executors' orders. */
  TASK_STREAM: { type: 'string' },
  /** Who knows who is who: JSON, {@link serviceRoute}. */
  CROSSWALK: { type: 'json', schema: serviceRoute },
  /** Bucket of sealed access packages. */
  PACKAGES_BUCKET: { type: 'string' },
  /** Days that a package can be fetched. */
  PACKAGE_DAYS: { type: 'integer', min: 1, max: 90, default: 7 },
  /** Table that remembers which notices were accepted. */
  NOTICES_TABLE: { type: 'string' },
  /** SNS topic for administrators and systems: its ARN. */
  NOTICES_TOPIC: { type: 'string' },
  /** Sender of mail to data subjects, an identity verified with SES. */
  MAIL_FROM: { type: 'string' },
  /** SES configuration set. @default none */
  MAIL_CONFIGURATION_SET: { type: 'string', optional: true },
} as const satisfies EnvSpec;
