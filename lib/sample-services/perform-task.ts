import {
  MOST_CHANGED_RECORDS,
  type RecordChange,
  type ServiceRecord,
  type TaskEntry,
} from '../core/ports/record-table.ts';
import type { TaskReply, TaskRequest } from '../core/services/protocol.ts';
import { findRecords, indexRecord, type ServiceDependencies } from './find-records.ts';
import { BACKUPS_KEPT, finishedReply } from './finished-reply.ts';
import type { SampleStore } from './sample-service.ts';
import { offShelf, onShelf, shelve } from './shelf.ts';

export type TaskOutcome =
  | { readonly kind: 'reply'; readonly reply: TaskReply }
  /** A newer attempt has been seen. */
  | { readonly kind: 'fenced' };

/** What is erased and waits for an undo counts twice: out of its store, onto the shelf. */
const MOST_SHELVED = Math.floor(MOST_CHANGED_RECORDS / 2);
/** Writers of one data subject meet rarely. */
const MOST_CONFLICTS = 50;

/**
 * Does a task under its idempotency key, in steps of which each is whole: the records, what is
 * remembered of the task, and the change event are one write. If it dies between two steps, the next
 * call goes on there; done twice is done once.
 */
export async function performTask(
  deps: ServiceDependencies,
  store: SampleStore,
  task: TaskRequest,
): Promise<TaskOutcome> {
  const key = `${task.dsrId}/${task.taskId}`;
  for (let conflicts = 0; conflicts < MOST_CONFLICTS;) {
    const known = await deps.table.entry(key);
    if (known !== undefined && known.attempt > task.attempt) return { kind: 'fenced' };
    const entry = known?.operation === task.operation ? known : begin(deps, key, task, known);
    if (entry !== known && (await isTooLate(deps, store, entry, known))) {
      return { kind: 'reply', reply: { status: 'failed', code: 'undo-lapsed', retryable: false } };
    }
    if (entry.isFinished && entry.attempt === task.attempt && entry === known) {
      return { kind: 'reply', reply: await finishedReply(deps, store, task, entry) };
    }
    const change = entry.isFinished
      ? heardAgain(deps, store, task, entry)
      : await nextStep(deps, store, task, entry);
    if ((await deps.table.commit(change)) === 'conflict') conflicts++;
  }
  return { kind: 'reply', reply: { status: 'failed', code: 'busy', retryable: true } };
}

function begin(
  { clock, undoWindow }: ServiceDependencies,
  key: string,
  { operation, attempt }: TaskRequest,
  known: TaskEntry | undefined,
): TaskEntry {
  const entry = { key, version: known?.version ?? 0, operation, attempt };
  const undoable = operation === 'erase' && undoWindow !== undefined;
  return {
    ...entry,
    ...{ affected: 0, isFinished: false },
    ...(undoable && { undoableUntil: clock.now() + undoWindow }),
  };
}

/** Whether an undo finds nothing of what the task took. */
async function isTooLate(
  deps: ServiceDependencies,
  store: SampleStore,
  { key, operation }: TaskEntry,
  taken: TaskEntry | undefined,
): Promise<boolean> {
  if (operation !== 'undo' || taken === undefined || taken.affected === 0) return false;
  return (await onShelf(deps, store, key)).length === 0;
}

/** The next records, and after the last of them the end. */
async function nextStep(
  deps: ServiceDependencies,
  store: SampleStore,
  task: TaskRequest,
  entry: TaskEntry,
): Promise<RecordChange> {
  const version = entry.version + 1;
  const { attempt } = task;
  // What is only read changes nothing and leaves nothing behind but the fence.
  if (task.operation === 'gather')
    return { entry: { ...entry, version, attempt, isFinished: true } };
  if (task.operation === 'undo') return nextGivenBack(deps, store, task, entry);
  const open = (await findRecords(deps, store, task.identities)).flatMap((record) => {
    const fields = changedFields(task, record);
    return fields === undefined ? [] : [{ record, fields }];
  });
  const { key, undoableUntil } = entry;
  const now = open.slice(0, undoableUntil === undefined ? MOST_CHANGED_RECORDS : MOST_SHELVED);
  const remaining = open.length - now.length;
  const affected = entry.affected + now.length;
  const next = { ...entry, version, attempt, affected, isFinished: remaining === 0 };
  const erases = task.operation === 'erase';
  return {
    entry: next,
    ...(erases && { remove: now.map(({ record }) => record) }),
    ...(erases &&
      undoableUntil !== undefined && {
        put: now.map(({ record }) => shelve(record, key, undoableUntil)),
      }),
    ...(!erases && {
      put: now.map(({ record: { id, version: before }, fields }) =>
        indexRecord(deps.dataMap, store, { id, version: before + 1, fields }),
      ),
    }),
    ...(affected > 0 && { events: [changeEvent(deps, store, task, next, remaining)] }),
  };
}

/** The next records of those that the same task took, back into their store. */
async function nextGivenBack(
  deps: ServiceDependencies,
  store: SampleStore,
  task: TaskRequest,
  entry: TaskEntry,
): Promise<RecordChange> {
  const waiting = await onShelf(deps, store, entry.key);
  const now = waiting.slice(0, MOST_SHELVED);
  const put: ServiceRecord[] = [];
  for (const record of now.map(offShelf)) {
    const since = await Promise.all(
      record.identities.map((identity) => deps.table.find(store.name, identity)),
    );
    // Written anew since the erasure: what is newer stays.
    if (!since.flat().some(({ id }) => id === record.id)) put.push(record);
  }
  const remaining = waiting.length - now.length;
  const affected = entry.affected + put.length;
  const next = {
    ...entry,
    ...{ version: entry.version + 1, attempt: task.attempt },
    ...{ affected, isFinished: remaining === 0 },
  };
  return {
    entry: next,
    ...{ put, remove: now },
    ...(affected > 0 && { events: [changeEvent(deps, store, task, next, remaining)] }),
  };
}

/** A newer attempt of what is done: its sender waits for an end under its own reason. */
function heardAgain(
  deps: ServiceDependencies,
  store: SampleStore,
  task: TaskRequest,
  entry: TaskEntry,
): RecordChange {
  const next = { ...entry, version: entry.version + 1, attempt: task.attempt };
  if (entry.affected === 0) return { entry: next };
  return { entry: next, events: [changeEvent(deps, store, task, next, 0)] };
}

function changeEvent(
  { clock }: Pick<ServiceDependencies, 'clock'>,
  store: SampleStore,
  { reason, operation }: TaskRequest,
  { version, affected, undoableUntil }: TaskEntry,
  remaining: number,
) {
  const event = { store: store.name, at: clock.now(), reason, remaining, affected };
  const backups = operation === 'erase' ? { backupsExpireAt: clock.now() + BACKUPS_KEPT } : {};
  const undoable = undoableUntil === undefined ? {} : { undoableUntil };
  return { ...event, ...backups, ...undoable, eventId: `${reason}/${store.name}/${version}` };
}

/** A record's fields as the task wants them; undefined when there is nothing to do. */
function changedFields(
  { operation, corrections = {} }: TaskRequest,
  { fields }: ServiceRecord,
): ServiceRecord['fields'] | undefined {
  switch (operation) {
    case 'rectify': {
      const wrong = Object.entries(corrections).filter(
        ([field, value]) => Object.hasOwn(fields, field) && fields[field] !== value,
      );
      return wrong.length === 0 ? undefined : { ...fields, ...Object.fromEntries(wrong) };
    }
    case 'restrict':
      return fields['restricted'] === true ? undefined : { ...fields, restricted: true };
    case 'object':
      return fields['objected'] === true ? undefined : { ...fields, objected: true };
    case 'erase':
      return fields;
    case 'gather':
    case 'undo':
      return undefined;
  }
}
