import type { Identity } from '../../requests/model/request.ts';
import type { Operation } from '../../requests/model/task.ts';
import {
  lookupReplySchema,
  PROTOCOL,
  REPLY_LIMIT,
  SERVICE_PATHS,
  serviceErrorSchema,
  taskReplySchema,
  type LookupReply,
  type TaskReply,
  type TaskRequest,
} from '../protocol.ts';
import { broken, NotRun, type StoreUnderTest, type WireReply } from './check.ts';

/** Most times that "accepted" is asked about again. */
const MAX_POLLS = 60;

export function taskBody(
  { wire, store }: StoreUnderTest,
  operation: Operation,
  identities: readonly Identity[],
  change: Partial<TaskRequest> = {},
): TaskRequest {
  const dsrId = change.dsrId ?? wire.newId();
  const taskId = change.taskId ?? store.name;
  const attempt = change.attempt ?? 1;
  return {
    protocol: PROTOCOL,
    dsrId,
    taskId,
    attempt,
    store: store.name,
    operation,
    identities: [...identities],
    reason: `dsr:${dsrId}/${taskId}#${attempt}`,
    ...change,
  };
}

/** Sends a task and follows "accepted" to its end. */
export async function runTask(target: StoreUnderTest, task: TaskRequest): Promise<TaskReply> {
  const { wire, taskSeconds } = target;
  let waited = 0;
  for (let poll = 0; poll < MAX_POLLS; poll++) {
    const reply = readTask(await wire.call('POST', SERVICE_PATHS.tasks, task));
    if (reply.status !== 'accepted') return reply;
    waited += reply.checkAfterSeconds;
    if (waited > taskSeconds) break;
    await wire.wait(reply.checkAfterSeconds * 1_000);
  }
  return broken(`a task is still "accepted" after its ${taskSeconds} seconds`);
}

export async function lookUp(
  { wire, store }: StoreUnderTest,
  identities: readonly Identity[],
): Promise<LookupReply> {
  const body = { protocol: PROTOCOL, store: store.name, identities };
  const reply = answered(await wire.call('POST', SERVICE_PATHS.lookup, body));
  if (reply.status !== 200) broken(`the look-up answered ${reply.status}, expected 200`);
  const parsed = lookupReplySchema.safeParse(reply.body);
  if (!parsed.success) broken('the look-up answered something else than {"erasable":…}');
  return parsed.data;
}

/** The test's data subject. @throws {NotRun} without one */
export function subjectOf({ subject }: StoreUnderTest): readonly Identity[] {
  if (subject === undefined) throw new NotRun('give a data subject made for the test');
  return subject;
}

/** @throws {NotRun} for an operation that the store does not offer */
export function needs({ store }: StoreUnderTest, operation: Operation): void {
  if (!store.operations.includes(operation)) throw new NotRun(`does not offer "${operation}"`);
}

export function answered(reply: WireReply): Extract<WireReply, { kind: 'reply' }> {
  if (reply.kind === 'failed') broken(`no answer (${reply.code})`);
  if (reply.bytes > REPLY_LIMIT) broken(`a reply has more than ${REPLY_LIMIT} bytes`);
  return reply;
}

/** A refusal: of this status, or any 4xx, in the shape of an error. */
export function refused(reply: WireReply, what: string, status?: number): void {
  const { status: given, body } = answered(reply);
  const right = status === undefined ? given >= 400 && given < 500 : given === status;
  if (!right) broken(`${what} was answered ${given}, expected ${status ?? 'a 4xx'}`);
  if (!serviceErrorSchema.safeParse(body).success) {
    broken(`${what} was refused without {"error":{"code":…}}`);
  }
}

function readTask(raw: WireReply): TaskReply {
  const reply = answered(raw);
  if (reply.status !== 200) broken(`a task was answered ${reply.status}, expected 200`);
  const parsed = taskReplySchema.safeParse(reply.body);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    broken(`a task's answer has a fault at "${issue?.path.map(String).join('.') ?? ''}"`);
  }
  return parsed.data;
}
