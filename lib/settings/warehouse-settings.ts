import * as z from 'zod';
import { json, list, number } from './context-values.ts';

const role = z
  .string()
  .regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]{1,400}$/, 'must be the ARN of a role');
const name = z
  .string('must be 3 to 63 of a-z, 0-9 and -, a letter first')
  .regex(/^[a-z][a-z0-9-]{2,62}$/, 'must be 3 to 63 of a-z, 0-9 and -, a letter first');

/** Processing units come by eights. Source: Redshift Serverless API reference, CreateWorkgroup. */
const capacity = number(8, 1_024).refine((units) => units % 8 === 0, 'must be a multiple of 8');

function idOf(kind: 'subnet' | 'sg') {
  return z.string().regex(new RegExp(`^${kind}-[0-9a-f]{8,17}$`));
}

/** Settings of erasure in the warehouse; what each does: warehouse-config.ts. */
export const warehouseSettings = {
  'lethe:warehouse': z
    .enum(
      ['serverless', 'workgroup', 'cluster', 'none'],
      'must be serverless, workgroup, cluster or none',
    )
    .optional(),
  'lethe:warehouse-name': name.optional(),
  'lethe:warehouse-workgroup-arn': z
    .string()
    .regex(
      /^arn:aws[a-z-]*:redshift-serverless:[a-z0-9-]+:\d{12}:workgroup\/[\w-]{1,100}$/,
      'must be the ARN of a workgroup',
    )
    .optional(),
  // Source: Redshift management guide, "Names and identifiers".
  'lethe:warehouse-database': z
    .string()
    .regex(/^[a-z_][a-z0-9_]{0,62}$/, 'must be a database name in lower case')
    .optional(),
  'lethe:warehouse-capacity': capacity.optional(),
  'lethe:warehouse-pass-days': number(1, 30).optional(),
  'lethe:warehouse-undo-days': number(0, 14).optional(),
  'lethe:warehouse-maximum-percent': number(0, 100).optional(),
  'lethe:warehouse-backup-days': number(1, 3_653).optional(),
  'lethe:warehouse-snapshots': z.enum(['managed', 'owner'], 'must be managed or owner').optional(),
  'lethe:warehouse-key-arn': z
    .string()
    .regex(
      /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[\w-]{1,100}$/,
      'must be the ARN of a KMS key',
    )
    .optional(),
  'lethe:warehouse-namespace': name.optional(),
  'lethe:warehouse-subnets': list(idOf('subnet'), 'ids of subnets').optional(),
  'lethe:warehouse-security-groups': list(idOf('sg'), 'ids of security groups').optional(),
  'lethe:lake-formation-database': z
    .string()
    .regex(/^[a-z0-9_-]{1,255}$/, 'must be the name of a database in the Glue Data Catalog')
    .optional(),
  'lethe:lake-formation-readers': list(role, 'ARNs of roles').optional(),
  'lethe:lake-formation-personal-readers': json(
    z
      .array(
        z.strictObject({
          role,
          values: z.array(z.string().regex(/^[a-z-]{1,50}$/, 'must be a value of the tag')).min(1),
        }),
      )
      .min(1),
  ).optional(),
};
