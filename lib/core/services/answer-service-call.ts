import type { z } from 'zod';
import type { Clock } from '../ports/clock.ts';
import type { ServiceReply, Services } from '../ports/services.ts';
import {
  lookupRequestSchema,
  PROTOCOL,
  SERVICE_PATHS,
  taskRequestSchema,
  type Capabilities,
  type LookupReply,
  type TaskReply,
} from './protocol.ts';

/** What stands behind the protocol here. */
export interface ServedStores {
  /** The service's own name. */
  readonly name: string;
  readonly stores: Capabilities['stores'];
  /** How long a task may take in all, s. */
  readonly taskSeconds: number;
  readonly services: Services;
  readonly clock: Clock;
}

export interface ServiceCallAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** Asked again at least so often while a task is under way, s; the protocol's own bound. */
const LONGEST_WAIT = 3_600;

/**
 * Answers one call of the service protocol from an implementation of the port Services, so that the
 * archive and the warehouse plug in as any other service does. Idempotency and fence are the port's.
 * @param body the parsed JSON; undefined when it is none
 */
export async function answerServiceCall(
  served: ServedStores,
  call: { readonly method: string; readonly path: string; readonly body?: unknown },
): Promise<ServiceCallAnswer> {
  switch (`${call.method} ${call.path}`) {
    case `GET ${SERVICE_PATHS.capabilities}`: {
      const { name, stores, taskSeconds } = served;
      const body: Capabilities = { protocol: PROTOCOL, service: name, stores, taskSeconds };
      return { status: 200, body };
    }
    case `POST ${SERVICE_PATHS.tasks}`:
      return answerTask(served, call.body);
    case `POST ${SERVICE_PATHS.lookup}`:
      return answerLookup(served, call.body);
    default:
      return refuse(404, 'no-such-call');
  }
}

async function answerTask(served: ServedStores, body: unknown): Promise<ServiceCallAnswer> {
  const read = readBody(served, taskRequestSchema, body);
  if ('refusal' in read) return read.refusal;
  const { dsrId, taskId, attempt, store, operation, identities, reason, corrections } =
    read.message;
  if (!read.store.operations.includes(operation)) return refuse(400, 'operation-not-offered');
  const reply = await served.services.call({
    ...{ dsrId, taskId, attempt, store, operation, identities, reason },
    ...(corrections !== undefined && { corrections }),
  });
  if (reply.kind === 'fenced') return refuse(409, 'fenced');
  return { status: 200, body: replyOf(reply, served.clock.now()) };
}

async function answerLookup(served: ServedStores, body: unknown): Promise<ServiceCallAnswer> {
  const read = readBody(served, lookupRequestSchema, body);
  if ('refusal' in read) return read.refusal;
  const found = await served.services.lookUp(read.store.name, read.message.identities);
  if (found.kind === 'failed') return refuse(503, found.code);
  const reply: LookupReply = { erasable: found.kind === 'absent' ? 0 : found.erasable };
  return { status: 200, body: reply };
}

function replyOf(reply: Exclude<ServiceReply, { kind: 'fenced' }>, now: number): TaskReply {
  switch (reply.kind) {
    case 'no-data':
      return { status: 'no-data' };
    case 'failed':
      return { status: 'failed', code: reply.code, retryable: reply.retryable };
    case 'accepted': {
      const seconds = Math.ceil((reply.checkAt - now) / 1_000);
      const checkAfterSeconds = Math.min(LONGEST_WAIT, Math.max(1, seconds));
      return { status: 'accepted', checkAfterSeconds };
    }
    case 'exempt': {
      const { basis, keptUntil } = reply;
      return {
        status: 'exempt',
        basis,
        ...(keptUntil !== undefined && { keptUntil: iso(keptUntil) }),
      };
    }
    case 'done': {
      const { affected, data, backupsExpireAt, undoableUntil, certificate } = reply;
      // Nothing done is nothing found, unless backups hold it.
      if (affected === 0 && backupsExpireAt === undefined) return { status: 'no-data' };
      return {
        status: 'done',
        affected,
        ...(data !== undefined && { data: data as GatheredReply }),
        ...(backupsExpireAt !== undefined && { backupsExpireAt: iso(backupsExpireAt) }),
        ...(undoableUntil !== undefined && { undoableUntil: iso(undoableUntil) }),
        ...(certificate !== undefined && { certificate }),
      };
    }
  }
}

/** Gathered records are plain JSON, see GatheredData. */
type GatheredReply = NonNullable<Extract<TaskReply, { status: 'done' }>['data']>;

function readBody<Message extends { store: string }>(
  { stores }: ServedStores,
  schema: z.ZodType<Message>,
  body: unknown,
): { store: ServedStores['stores'][number]; message: Message } | { refusal: ServiceCallAnswer } {
  const parsed = schema.safeParse(body);
  if (!parsed.success) return { refusal: refuse(400, 'malformed') };
  const store = stores.find(({ name }) => name === parsed.data.store);
  return store === undefined
    ? { refusal: refuse(400, 'no-such-store') }
    : { store, message: parsed.data };
}

function refuse(status: number, code: string): ServiceCallAnswer {
  return { status, body: { error: { code } } };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
