import * as z from 'zod';
import type { TaskOrder } from '../model/outbox-message.ts';
import { OPERATIONS } from '../model/task.ts';
import type { TaskEvent } from '../model/task-event.ts';

/** What came on a stream: ours, somebody else's, or ours and broken. */
export type Parsed<Message> =
  | { readonly kind: 'message'; readonly message: Message }
  /** Not about a request: an ordinary change, to be passed over. */
  | { readonly kind: 'unrelated' }
  /** Belongs into the dead letters. `reason` repeats nothing of the content. */
  | { readonly kind: 'malformed'; readonly reason: string };

const id = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/);
const attempt = z.int().min(1).max(1_000_000);
const instant = z.int().min(0);
const code = z.string().regex(/^[A-Za-z0-9._-]{1,80}$/);

const outcome = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('started') }),
  z.strictObject({ kind: z.literal('accepted'), checkAt: instant }),
  z.strictObject({ kind: z.literal('not-run') }),
  z.strictObject({ kind: z.literal('failed'), code, retryable: z.boolean() }),
  z.strictObject({
    kind: z.literal('exempt'),
    basis: z.string().min(1).max(300),
    keptUntil: instant.optional(),
  }),
  z.strictObject({ kind: z.literal('no-data') }),
  z.strictObject({
    kind: z.literal('succeeded'),
    affected: z.int().min(0),
    backupsExpireAt: instant.optional(),
    undoableUntil: instant.optional(),
    certificate: z.string().min(1).max(300).optional(),
  }),
]);

const taskEventSchema = z.strictObject({
  kind: z.literal('task-event'),
  eventId: z.string().min(1).max(300),
  dsrId: id,
  taskId: id,
  attempt,
  at: instant,
  source: z.enum(['executor', 'service']),
  outcome,
});

const taskOrderSchema = z.strictObject({
  kind: z.literal('task-order'),
  dsrId: id,
  area: id,
  steps: z
    .array(
      z.strictObject({
        taskId: id,
        attempt,
        operation: z.enum(OPERATIONS),
        round: z.int().min(0),
        poll: z.boolean().optional(),
        after: z.array(id),
      }),
    )
    .min(1),
});

/**
 * A service's change event (vertical tracking), as far as it matters here; what else a service puts
 * into its events is its own. `reason` is the one that its task named.
 */
const changeEventSchema = z.looseObject({
  eventId: z.string().min(1).max(300),
  /** Store of the data map. */
  store: id,
  /** Milliseconds since the Unix epoch. */
  at: instant,
  reason: z.string().regex(/^dsr:[A-Za-z0-9._:-]+\/[A-Za-z0-9._:-]+#[0-9]{1,7}$/),
  /** Records of the subject that this task has still to change; 0 with the last one. */
  remaining: z.int().min(0),
  /** Records changed so far. */
  affected: z.int().min(0),
  backupsExpireAt: instant.optional(),
  undoableUntil: instant.optional(),
});

/** Reads a record of the events stream: executors' status events and services' change events. */
export function parseEvent(input: unknown): Parsed<TaskEvent> {
  if (typeof input !== 'object' || input === null) return malformed('not an object');
  if ('kind' in input && input.kind === 'task-event') return parse(taskEventSchema, input);
  const reason: unknown = 'reason' in input ? input.reason : undefined;
  if (typeof reason !== 'string' || !reason.startsWith('dsr:')) return { kind: 'unrelated' };
  const change = parse(changeEventSchema, input);
  if (change.kind !== 'message') return change;
  return { kind: 'message', message: fromChange(change.message) };
}

/** Reads a record of the task stream. */
export function parseTaskOrder(input: unknown): Parsed<TaskOrder> {
  return parse(taskOrderSchema, input);
}

function fromChange(change: z.infer<typeof changeEventSchema>): TaskEvent {
  const [, dsrId, taskId, attemptText] = /^dsr:([^/]+)\/([^#]+)#(\d+)$/.exec(change.reason)!;
  const { backupsExpireAt, undoableUntil } = change;
  return {
    kind: 'task-event',
    eventId: change.eventId,
    dsrId: dsrId!,
    taskId: taskId!,
    attempt: Number(attemptText),
    at: change.at,
    source: 'service',
    outcome:
      change.remaining > 0
        ? { kind: 'started' }
        : {
            kind: 'succeeded',
            affected: change.affected,
            ...(backupsExpireAt !== undefined && { backupsExpireAt }),
            ...(undoableUntil !== undefined && { undoableUntil }),
          },
  };
}

function parse<Message>(schema: z.ZodType<Message>, input: unknown): Parsed<Message> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return { kind: 'message', message: parsed.data };
  // Paths and codes only: zod's messages quote what they met.
  const faults = parsed.error.issues.map(
    (issue) => `${issue.path.map(String).join('.') || 'message'}: ${issue.code}`,
  );
  return malformed([...new Set(faults)].slice(0, 10).join('; '));
}

function malformed(reason: string): { readonly kind: 'malformed'; readonly reason: string } {
  return { kind: 'malformed', reason };
}
