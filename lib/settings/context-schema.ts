import * as z from 'zod';
import { archiveSettings } from './archive-settings.ts';
import { capacity, flag, number } from './context-values.ts';
import { requestSettings } from './request-settings.ts';
import { warehouseSettings } from './warehouse-settings.ts';

/** What CloudWatch Logs takes as retention. Source: API reference, PutRetentionPolicy. */
const LOG_RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288,
  3653,
] as const;

const logRetention = number(1, 3653).refine(
  (days) => (LOG_RETENTION_DAYS as readonly number[]).includes(days),
  `must be one of ${LOG_RETENTION_DAYS.join(', ')}`,
);

/** Every setting that a deployment may choose, with its default; what each does: config.ts, *-config.ts. */
export const settings = {
  'lethe:shards': capacity.default('on-demand'),
  'lethe:gzip': flag.default(false),
  'lethe:hive-partitions': flag.default(false),
  'lethe:buffer-seconds': number(0, 900).default(60),
  'lethe:buffer-mib': number(1, 128).default(1),
  'lethe:transform-buffer-seconds': number(0, 900).default(10),
  'lethe:transform-buffer-mb': number(0.2, 3, 'fraction').default(1),
  'lethe:transform-reserved-concurrency': number(1, 10_000).optional(),
  'lethe:failed-record-days': number(1, 365).default(14),
  'lethe:noncurrent-days': number(1, 365).default(7),
  'lethe:log-retention-days': logRetention.optional(),
  'lethe:key-rotation-days': number(90, 2560).default(365),
  'lethe:alarm-email': z.email('must be an e-mail address').optional(),
  'lethe:alarm-topic-arn': z
    .string()
    .regex(
      /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w-]+$/,
      'must be the ARN of a standard SNS topic',
    )
    .optional(),
  ...archiveSettings,
  ...requestSettings,
  ...warehouseSettings,
};

/** The part of the CDK context that is ours. */
export const contextSchema = z
  .strictObject({
    stage: z.enum(['demo', 'production'], 'must be demo or production').default('demo'),
    ...settings,
  })
  .refine(
    (context) =>
      context['lethe:alarm-email'] === undefined || context['lethe:alarm-topic-arn'] === undefined,
    {
      path: ['lethe:alarm-email'],
      message: 'and lethe:alarm-topic-arn exclude each other: subscribe the address to that topic',
      // Reported together with the faults of single settings, not after they are mended.
      when: () => true,
    },
  );
