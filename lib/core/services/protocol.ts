import * as z from 'zod';
import { OPERATIONS } from '../requests/model/task.ts';

/**
 * How any service plugs in: a few calls, JSON over HTTPS (SigV4 or a bearer token), or the same
 * bodies in a Lambda payload ({@link LambdaCall}). `npx lethe verify service <url>` proves that a service keeps to it.
 *
 * The rule behind it: an executor may die between any two lines and then does its task again from
 * the start, so every call may come twice, late, and out of order.
 */
export const PROTOCOL = 'lethe-service/1';

/** Below the service's base URL. */
export const SERVICE_PATHS = {
  capabilities: '/dsr/capabilities',
  tasks: '/dsr/tasks',
  lookup: '/dsr/lookup',
  resolve: '/dsr/resolve',
} as const;

/** Most bytes of a reply; gathered data beyond it goes by reference. In bytes of JSON. */
export const REPLY_LIMIT = 256 * 1024;
/** How long one call may last before the executor gives it up and calls again. In milliseconds. */
export const CALL_TIMEOUT = 10_000;

const id = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/, 'must be a plain id');
const identifierName = z.string().regex(/^[a-z][a-z0-9_]{0,63}$/, 'must be snake_case');
const storeName = z.string().regex(/^[a-z][a-z0-9-]{0,63}$/, 'must be kebab-case');
const code = z.string().regex(/^[A-Za-z0-9._-]{1,80}$/, 'must be a code, without personal data');
const instant = z.iso.datetime({ offset: true });
const certificate = z
  .string()
  .regex(/^[\w./:#=+-]{1,300}$/, 'must be the name of a proof, without personal data');

/** Every identity by which this store may know the data subject; any of them is enough. */
const identities = z
  .array(z.strictObject({ identifier: identifierName, value: z.string().min(1).max(1_000) }))
  .min(1)
  .max(1_000);

/** `GET /dsr/capabilities` answers 200 with this. */
export const capabilitiesSchema = z
  .object({
    protocol: z.literal(PROTOCOL),
    /** The service's own name. */
    service: id,
    stores: z
      .array(
        z.object({
          /** As the data map names it. */
          name: storeName,
          operations: z.array(z.enum(OPERATIONS)).min(1),
          /** Identifiers it can look a data subject up by. */
          identifiers: z.array(identifierName).min(1),
          /** Vertical: its own change events carry the outcome. Horizontal: the executor says it. */
          tracking: z.enum(['vertical', 'horizontal']),
        }),
      )
      .min(1),
    /** How long a task may take in all, "accepted" included, before it counts as lost. Seconds. */
    taskSeconds: z.int().min(1).max(86_400),
    /** Whether it knows who is who: `POST /dsr/resolve`. */
    resolves: z.boolean().optional(),
  })
  .meta({ id: 'ServiceCapabilities' });

/**
 * `POST /dsr/tasks`. The idempotency key is `dsrId/taskId`, `attempt` is the fence:
 * - an operation done before under the key is not done again: its recorded outcome comes back;
 * - an attempt lower than the highest seen under the key is refused with 409 (its sender was
 *   replaced, and whatever it wants is out of date).
 */
export const taskRequestSchema = z
  .strictObject({
    protocol: z.literal(PROTOCOL),
    dsrId: id,
    taskId: id,
    attempt: z.int().min(1).max(1_000_000),
    store: storeName,
    /** `undo` gives back what the erasure under the same key took, while that is possible. */
    operation: z.enum(OPERATIONS),
    identities,
    /** For `rectify`: field (as the data map's path prints) to the right value. */
    corrections: z.record(z.string().min(1).max(500), z.string().max(10_000)).optional(),
    /**
     * Put as the reason of every change event that follows from this task, so that its outcome can
     * be told from ordinary changes: `dsr:<dsrId>/<taskId>#<attempt>`.
     */
    reason: z.string().min(1).max(300),
  })
  .meta({ id: 'ServiceTask' });

/** Personal data found: in the reply itself, or where to fetch it. */
const gatheredSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('inline'),
    records: z.array(z.record(z.string(), z.json())),
  }),
  z.object({
    kind: z.literal('reference'),
    /**
     * Where it lies, for an hour at least: an https URL that needs no further credentials, or an
     * object in S3 (`s3://bucket/key`) that the engine may read. Hosts and buckets must be among
     * those that the engine was told of; on one machine also loopback, and files of its own folder.
     */
    location: z.url({ protocol: /^(https?|s3|file)$/ }).max(4_096),
    /** One JSON object a line. */
    mediaType: z.literal('application/x-ndjson'),
  }),
]);

/** What `POST /dsr/tasks` answers with 200. */
export const taskReplySchema = z
  .discriminatedUnion('status', [
    z
      .object({
        status: z.literal('done'),
        /**
         * Records gathered or changed; the same number however often it is asked. 0 where what is there
         * can't be taken away, but goes with the backups at `backupsExpireAt`.
         */
        affected: z.int().min(0),
        /** For `gather`. */
        data: gatheredSchema.optional(),
        /** Until when backups still hold what was erased. */
        backupsExpireAt: instant.optional(),
        /** Until when `undo` can give it back. */
        undoableUntil: instant.optional(),
        /** Names the proof that the service keeps of it; the request's receipt repeats it. */
        certificate: certificate.optional(),
      })
      .refine(
        ({ affected, backupsExpireAt }) => affected > 0 || backupsExpireAt !== undefined,
        'nothing affected, and no backup: that is no-data',
      ),
    /** This store knows nothing of the data subject. */
    z.object({ status: z.literal('no-data') }),
    /** The law asks to keep it. */
    z.object({
      status: z.literal('exempt'),
      basis: z.string().min(1).max(300),
      keptUntil: instant.optional(),
    }),
    /** Under way: ask again with the same key and attempt. */
    z.object({ status: z.literal('accepted'), checkAfterSeconds: z.int().min(1).max(3_600) }),
    /** It can't be done; `retryable` false: the same call never will. */
    z.object({ status: z.literal('failed'), code, retryable: z.boolean() }),
  ])
  .meta({ id: 'ServiceTaskReply' });

/** `POST /dsr/lookup`: how many records of the data subject the store still holds. Writes nothing. */
export const lookupRequestSchema = z
  .strictObject({ protocol: z.literal(PROTOCOL), store: storeName, identities })
  .meta({ id: 'ServiceLookup' });

export const lookupReplySchema = z
  .object({
    /** Records that an erasure would take. */
    erasable: z.int().min(0),
    /** Further records, kept because the law asks for it. */
    exempt: z.int().min(0).optional(),
  })
  .meta({ id: 'ServiceLookupReply' });

/** `POST /dsr/resolve`: who is this? Asked of the one service that keeps the golden record. */
export const resolveRequestSchema = z
  .strictObject({ protocol: z.literal(PROTOCOL), identities })
  .meta({ id: 'ServiceResolve' });

export const resolveReplySchema = z
  .discriminatedUnion('status', [
    /** One person: all identities of the golden record. */
    z.object({ status: z.literal('resolved'), identities }),
    z.object({ status: z.literal('unknown') }),
    /** The identities belong to several people; none of theirs is told. */
    z.object({ status: z.literal('ambiguous') }),
  ])
  .meta({ id: 'ServiceResolveReply' });

/** What every refusal (4xx, 5xx) holds: a code, no personal data. */
export const serviceErrorSchema = z
  .object({ error: z.object({ code, message: z.string().max(500).optional() }) })
  .meta({ id: 'ServiceError' });

export type Capabilities = z.infer<typeof capabilitiesSchema>;
export type TaskRequest = z.infer<typeof taskRequestSchema>;
export type TaskReply = z.infer<typeof taskReplySchema>;
export type LookupRequest = z.infer<typeof lookupRequestSchema>;
export type LookupReply = z.infer<typeof lookupReplySchema>;
export type ResolveRequest = z.infer<typeof resolveRequestSchema>;
export type ResolveReply = z.infer<typeof resolveReplySchema>;

/** One call as the payload of a Lambda function. */
export interface LambdaCall {
  readonly method: 'GET' | 'POST';
  /** One of {@link SERVICE_PATHS}. */
  readonly path: string;
  readonly body?: unknown;
}

/** What the function answers: a status as over HTTPS, and the reply as a JSON value. */
export const lambdaAnswerSchema = z.object({
  status: z.int().min(100).max(599),
  body: z.unknown(),
});
