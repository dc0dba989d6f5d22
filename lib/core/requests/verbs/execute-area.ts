import { checkedLines } from '../../access-package/gathered-lines.ts';
import { openAliases, openDetails, requestKeyName } from '../../identity/subject-boxes.ts';
import { GatheredDataError } from '../../ports/fetch-gathered.ts';
import type { ServiceCall, ServiceReply } from '../../ports/services.ts';
import type { TaskOrder, TaskStep } from '../model/outbox-message.ts';
import type { DsrRequest, Identity } from '../model/request.ts';
import type { TaskEvent, TaskOutcome } from '../model/task-event.ts';
import { isTerminal } from '../state/lifecycle-table.ts';
import type { EngineDependencies } from './dependencies.ts';

export type ExecuteOutcome =
  /** Every step's events are on the stream. */
  | { readonly kind: 'reported'; readonly events: readonly TaskEvent[] }
  /** The request is closed or has gone on to newer attempts. Nothing was called. */
  | { readonly kind: 'stale' }
  /** Deliver the order again: events or data could not be handed on. */
  | { readonly kind: 'again'; readonly code: string };

export type ExecuteDependencies = Pick<
  EngineDependencies,
  | 'requests'
  | 'keys'
  | 'services'
  | 'events'
  | 'gathered'
  | 'fetchGathered'
  | 'dataMap'
  | 'clock'
  | 'policy'
>;

/**
 * An area's executor: calls the stores of an order one by one, each after those that it waits for,
 * under the idempotency key `<dsrId>/<taskId>` and the attempt as fence, and reports each outcome.
 * A delivery repeated after a crash starts from scratch.
 */
export async function executeArea(
  deps: ExecuteDependencies,
  order: TaskOrder,
): Promise<ExecuteOutcome> {
  const request = await deps.requests.load(order.dsrId);
  if (request === undefined || isTerminal(request.lifecycle)) return { kind: 'stale' };
  const steps = order.steps.filter((step) => isCurrent(request, step));
  if (steps.length === 0) return { kind: 'stale' };
  const subject = await openSubject(deps, request);
  if (subject === undefined) return { kind: 'again', code: 'key-missing' };

  const events: TaskEvent[] = [];
  const report = async (step: TaskStep, outcome: TaskOutcome): Promise<boolean> => {
    const event = eventOf(order.dsrId, step, outcome, deps.clock.now());
    const [published] = await deps.events.publish([event]);
    events.push(event);
    return published?.ok === true;
  };
  const unwell = new Set<string>();
  for (const step of steps) {
    if (step.after.some((taskId) => unwell.has(taskId))) {
      unwell.add(step.taskId);
      if (!(await report(step, { kind: 'not-run' }))) return NOT_REPORTED;
      continue;
    }
    if (!(await report(step, { kind: 'started' }))) return NOT_REPORTED;
    const answer = await callService(deps, order.dsrId, step, subject);
    if (answer.kind === 'fenced') return { kind: 'stale' };
    const reply = await takeIn(deps, order.dsrId, step, answer);
    if (!isWell(reply)) unwell.add(step.taskId);
    const outcome = outcomeOf(deps, step, reply);
    if (!(await report(step, outcome))) return NOT_REPORTED;
  }
  return { kind: 'reported', events };
}

type Answer = Exclude<ServiceReply, { kind: 'fenced' }>;

const NOT_REPORTED = { kind: 'again', code: 'event-not-accepted' } as const;

function isCurrent(request: DsrRequest, step: TaskStep): boolean {
  const task = request.tasks.find(({ taskId }) => taskId === step.taskId);
  return (
    task?.attempt === step.attempt && (task.state === 'DISPATCHED' || task.state === 'RUNNING')
  );
}

interface OpenSubject {
  readonly identities: readonly Identity[];
  readonly corrections?: Readonly<Record<string, string>>;
}

async function openSubject(
  deps: Pick<EngineDependencies, 'keys'>,
  { dsrId, subject, type }: DsrRequest,
): Promise<OpenSubject | undefined> {
  const key = await deps.keys.get(requestKeyName(dsrId));
  if (key.kind !== 'key' || subject.aliases === undefined || subject.details === undefined) {
    return undefined;
  }
  const { identities } = openAliases(key.key, dsrId, subject.aliases);
  if (type !== 'rectification') return { identities };
  const { corrections = {} } = openDetails(key.key, dsrId, subject.details);
  return { identities, corrections };
}

async function callService(
  deps: Pick<EngineDependencies, 'services' | 'dataMap'>,
  dsrId: string,
  step: TaskStep,
  subject: OpenSubject,
): Promise<ServiceReply> {
  const known = deps.dataMap.stores[step.taskId]?.identifiers ?? {};
  const identities = subject.identities.filter(({ identifier }) =>
    Object.hasOwn(known, identifier),
  );
  // No identity that the store knows: nobody could be found in it.
  if (identities.length === 0) return { kind: 'no-data' };
  const call: ServiceCall = {
    store: step.taskId,
    operation: step.operation,
    dsrId,
    taskId: step.round === 0 ? step.taskId : `${step.taskId}.r${step.round}`,
    attempt: step.attempt,
    reason: `dsr:${dsrId}/${step.taskId}#${step.attempt}`,
    identities,
    ...(subject.corrections !== undefined && { corrections: subject.corrections }),
  };
  try {
    return await deps.services.call(call);
  } catch {
    // What an adapter throws may quote the call, and with it the subject: only the fact is passed on.
    return { kind: 'failed', code: 'call-threw', retryable: true };
  }
}

/** Puts gathered data by, now: what lies elsewhere need not lie there longer than an hour. */
async function takeIn(
  { gathered, fetchGathered }: Pick<EngineDependencies, 'gathered' | 'fetchGathered'>,
  dsrId: string,
  { taskId, attempt }: TaskStep,
  reply: Answer,
): Promise<Answer> {
  if (reply.kind !== 'done' || reply.data === undefined) return reply;
  const { data } = reply;
  if (data.kind === 'inline') {
    await gathered.put(dsrId, taskId, attempt, { kind: 'records', records: data.records });
    return reply;
  }
  // Remembered here: a store may throw it on as the cause of an error of its own.
  let failure: unknown;
  async function* fetched(location: string): AsyncGenerator<Uint8Array> {
    try {
      yield* checkedLines(fetchGathered(location));
    } catch (error) {
      failure = error;
      throw error;
    }
  }
  try {
    await gathered.put(dsrId, taskId, attempt, { kind: 'lines', lines: fetched(data.location) });
    return reply;
  } catch (error) {
    if (failure === undefined) throw error;
    // Whatever else happens on the way, such as a connection that is cut, may not happen again. It is
    // the task's failure: thrown, it would hold up all orders of the area.
    return failure instanceof GatheredDataError
      ? { kind: 'failed', code: 'gathered-data', retryable: false }
      : { kind: 'failed', code: 'gathered-fetch', retryable: true };
  }
}

function isWell(reply: ServiceReply): boolean {
  return reply.kind === 'done' || reply.kind === 'no-data' || reply.kind === 'exempt';
}

function outcomeOf(
  deps: Pick<EngineDependencies, 'dataMap' | 'clock' | 'policy'>,
  step: TaskStep,
  reply: Answer,
): TaskOutcome {
  if (reply.kind !== 'done') return reply;
  const store = deps.dataMap.stores[step.taskId];
  const vertical = store?.kind === 'service' && store.tracking === 'vertical';
  if (vertical && step.operation !== 'gather' && step.poll !== true) {
    // The service's own change events tell the end; should they get lost, it is asked again.
    return { kind: 'accepted', checkAt: deps.clock.now() + deps.policy.timeouts.running };
  }
  const { affected, backupsExpireAt, undoableUntil, certificate } = reply;
  return {
    kind: 'succeeded',
    affected,
    ...(backupsExpireAt !== undefined && { backupsExpireAt }),
    ...(undoableUntil !== undefined && { undoableUntil }),
    ...(certificate !== undefined && { certificate }),
  };
}

function eventOf(dsrId: string, step: TaskStep, outcome: TaskOutcome, at: number): TaskEvent {
  return {
    kind: 'task-event',
    eventId: `${dsrId}/${step.taskId}#${step.attempt}/${outcome.kind}`,
    dsrId,
    taskId: step.taskId,
    attempt: step.attempt,
    at,
    source: 'executor',
    outcome,
  };
}
