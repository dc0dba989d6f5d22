import * as z from 'zod';
import { LIFECYCLES, REQUEST_TYPES } from '../../core/requests/model/request.ts';
import { OPERATIONS, TASK_STATES } from '../../core/requests/model/task.ts';
import { identityValue, requestId } from '../opendsr/schemas.ts';

const instant = z.iso.datetime({ offset: true });
const code = z.string().regex(/^[a-z][a-z0-9-]{0,63}$/, 'must be a code such as "complex-request"');
const cursor = z.string().regex(/^[A-Za-z0-9_=.~-]{1,2000}$/, 'must come from an earlier page');
const identity = z.strictObject({
  identifier: z.string().regex(/^[a-z][a-z0-9_]{0,63}$/, 'must be snake_case'),
  value: identityValue,
});

export const params = z.object({ id: requestId });

export const listQuery = z.strictObject({
  /** Several, separated by commas. */
  lifecycle: z
    .string()
    .max(400)
    .transform((text) => text.split(','))
    .pipe(z.array(z.enum(LIFECYCLES)))
    .optional(),
  type: z.enum(REQUEST_TYPES).optional(),
  regime: code.optional(),
  controller: z.string().min(1).max(128).optional(),
  due_before: instant.optional(),
  limit: z
    .string()
    .regex(/^([1-9]|[1-9][0-9]|100)$/, 'must be a number from 1 to 100')
    .optional(),
  cursor: cursor.optional(),
});

/** By POST, so that no identity ends up in a URL, hence in a log. */
export const searchSchema = z
  .strictObject({
    ...identity.shape,
    limit: z.int().min(1).max(100).optional(),
    cursor: cursor.optional(),
  })
  .meta({ id: 'SubjectSearch' });

/** A request filed by an administrator, for a data subject who wrote, called or came by. */
export const fileSchema = z
  .strictObject({
    id: requestId,
    type: z.enum(REQUEST_TYPES),
    regime: code,
    language: z.enum(['en', 'de', 'fr']).optional(),
    identities: z.array(identity).min(1).max(50),
    /** Where notices go, and the link by which the data subject confirms. */
    email: z.email().max(254).optional(),
    /** For a rectification: field to right value. */
    corrections: z.record(z.string().min(1).max(500), z.string().max(10_000)).optional(),
    /** Whether the identity was verified by other means, such as a passport at the desk. */
    identity_verified: z.boolean(),
  })
  .meta({ id: 'FiledRequest' });

export const reasonSchema = z.strictObject({ reason: code });
export const holdSchema = z.strictObject({
  reason: code,
  /** Stores that must be kept. @default all */
  stores: z.array(z.string().max(64)).min(1).max(500).optional(),
});
export const retrySchema = z.strictObject({
  /** @default all that failed */
  tasks: z.array(z.string().max(64)).min(1).max(500).optional(),
});
export const emptySchema = z.strictObject({});

export const summarySchema = z
  .object({
    id: requestId,
    type: z.enum(REQUEST_TYPES),
    regime: z.string(),
    controller: z.string(),
    channel: z.string(),
    received_at: instant,
    updated_at: instant,
    lifecycle: z.enum(LIFECYCLES),
    reason: z.string().optional(),
    due: z.iso.date(),
    clock: z.enum(['RUNNING', 'PAUSED', 'MET', 'BREACHED']),
    hold: z.enum(['NONE', 'ADMIN_PAUSE', 'LEGAL_HOLD']),
    verification: z.enum(['NOT_STARTED', 'SETTLING', 'PASSED', 'RESIDUE_FOUND']),
    notification: z.enum(['PENDING', 'SENT', 'RETRYING', 'UNDELIVERABLE']),
    tasks_done: z.int(),
    tasks_total: z.int(),
  })
  .meta({ id: 'RequestSummary' });

export const pageSchema = z
  .object({ requests: z.array(summarySchema), cursor: z.string().optional() })
  .meta({ id: 'RequestPage' });

const taskSchema = z
  .object({
    id: z.string(),
    area: z.string(),
    name: z.string(),
    operation: z.enum(OPERATIONS),
    after: z.array(z.string()),
    state: z.enum(TASK_STATES),
    since: instant,
    attempt: z.int(),
    failures: z.int(),
    code: z.string().optional(),
    basis: z.string().optional(),
    kept_until: instant.optional(),
    affected: z.int().optional(),
    backups_expire_at: instant.optional(),
    undoable_until: instant.optional(),
  })
  .meta({ id: 'Task' });

export const detailSchema = summarySchema
  .extend({
    identity: z.enum(['VOUCHED', 'PENDING', 'CONFIRMED', 'LOCKED']),
    approvals: z.array(z.object({ by: z.string(), at: instant })),
    hold_reason: z.string().optional(),
    hold_stores: z.array(z.string()).optional(),
    extension: z.object({ at: instant, reason: z.string(), due_before: z.iso.date() }).optional(),
    grace_until: instant.optional(),
    destructive_started: z.boolean(),
    duplicate_of: z.string().optional(),
    package_expires_at: instant.optional(),
    messages_waiting: z.int(),
    closed_at: instant.optional(),
    has_receipt: z.boolean(),
    tasks: z.array(taskSchema),
    version: z.int(),
  })
  .meta({ id: 'RequestDetail' });

export const auditSchema = z
  .object({
    entries: z.array(
      z.object({
        seq: z.int(),
        at: instant,
        action: z.string(),
        actor: z.object({ kind: z.string(), id: z.string().optional() }),
        facts: z.record(z.string(), z.json()),
        previous: z.string(),
        hash: z.string(),
      }),
    ),
  })
  .meta({ id: 'AuditTrail' });

/** As `lethe verify receipt` reads it. */
export const receiptSchema = z
  .object({
    receipt: z.record(z.string(), z.json()),
    signature: z.object({ alg: z.string(), keyId: z.string(), value: z.string() }),
  })
  .meta({ id: 'SignedReceipt' });
