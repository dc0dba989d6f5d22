import type { Resolution } from '../ports/crosswalk.ts';
import type { LookUpReply, ServiceCall, ServiceReply } from '../ports/services.ts';
import type { Identity } from '../requests/model/request.ts';
import {
  lookupReplySchema,
  PROTOCOL,
  resolveReplySchema,
  SERVICE_PATHS,
  taskReplySchema,
  type LookupRequest,
  type ResolveRequest,
  type TaskReply,
  type TaskRequest,
} from './protocol.ts';

/** Carries one POST of the protocol to a service. Throws, or answers a 5xx, when it can't. */
export type ServicePost = (
  path: string,
  body: TaskRequest | LookupRequest | ResolveRequest,
) => Promise<{ readonly status: number; readonly body: unknown }>;

/** Asks a service to do a task, in the protocol's words. `now` in ms since the epoch. */
export async function callService(
  post: ServicePost,
  call: ServiceCall,
  now: number,
): Promise<ServiceReply> {
  const { dsrId, taskId, attempt, store, operation, reason, corrections } = call;
  const { status, body } = await post(SERVICE_PATHS.tasks, {
    protocol: PROTOCOL,
    ...{ dsrId, taskId, attempt, store, operation, reason },
    identities: [...call.identities],
    ...(corrections !== undefined && { corrections: { ...corrections } }),
  });
  if (status === 409) return { kind: 'fenced' };
  if (status !== 200) {
    const retryable = status >= 500 || status === 429 || status === 408;
    return { kind: 'failed', code: `http-${status}`, retryable };
  }
  const parsed = taskReplySchema.safeParse(body);
  if (!parsed.success) return { kind: 'failed', code: 'malformed-reply', retryable: true };
  return readReply(parsed.data, now);
}

/** Asks a service whether it still holds the data subject. */
export async function askService(
  post: ServicePost,
  store: string,
  identities: readonly Identity[],
): Promise<LookUpReply> {
  const request: LookupRequest = { protocol: PROTOCOL, store, identities: [...identities] };
  const { status, body } = await post(SERVICE_PATHS.lookup, request);
  if (status !== 200) return { kind: 'failed', code: `http-${status}` };
  const parsed = lookupReplySchema.safeParse(body);
  if (!parsed.success) return { kind: 'failed', code: 'malformed-reply' };
  const { erasable, exempt = 0 } = parsed.data;
  return erasable + exempt === 0 ? { kind: 'absent' } : { kind: 'present', erasable };
}

/** Asks the service that keeps the golden record who somebody is. */
export async function resolveIdentities(
  post: ServicePost,
  identities: readonly Identity[],
): Promise<Resolution> {
  const request: ResolveRequest = { protocol: PROTOCOL, identities: [...identities] };
  const { status, body } = await post(SERVICE_PATHS.resolve, request);
  if (status !== 200) return { kind: 'failed', code: `http-${status}` };
  const parsed = resolveReplySchema.safeParse(body);
  if (!parsed.success) return { kind: 'failed', code: 'malformed-reply' };
  const { data } = parsed;
  return data.status === 'resolved'
    ? { kind: 'resolved', identities: data.identities }
    : { kind: data.status };
}

function readReply(reply: TaskReply, now: number): ServiceReply {
  switch (reply.status) {
    case 'done': {
      const { affected, data, backupsExpireAt, undoableUntil, certificate } = reply;
      return {
        kind: 'done',
        affected,
        ...(data !== undefined && { data }),
        ...(backupsExpireAt !== undefined && { backupsExpireAt: Date.parse(backupsExpireAt) }),
        ...(undoableUntil !== undefined && { undoableUntil: Date.parse(undoableUntil) }),
        ...(certificate !== undefined && { certificate }),
      };
    }
    case 'no-data':
      return { kind: 'no-data' };
    case 'exempt': {
      const { basis, keptUntil } = reply;
      return {
        kind: 'exempt',
        basis,
        ...(keptUntil !== undefined && { keptUntil: Date.parse(keptUntil) }),
      };
    }
    case 'accepted':
      return { kind: 'accepted', checkAt: now + reply.checkAfterSeconds * 1_000 };
    case 'failed':
      return { kind: 'failed', code: reply.code, retryable: reply.retryable };
  }
}
