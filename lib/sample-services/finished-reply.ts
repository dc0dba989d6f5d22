import type { ServiceRecord, TaskEntry } from '../core/ports/record-table.ts';
import type { TaskReply, TaskRequest } from '../core/services/protocol.ts';
import { findRecords, type ServiceDependencies } from './find-records.ts';
import type { SampleStore } from './sample-service.ts';

/** Backups of the sample services live so long, ms. */
export const BACKUPS_KEPT = 35 * 24 * 60 * 60 * 1_000;

/** What a task that is done answers, however often it is asked. */
export async function finishedReply(
  deps: ServiceDependencies,
  store: SampleStore,
  task: TaskRequest,
  { affected, undoableUntil }: TaskEntry,
): Promise<TaskReply> {
  if (task.operation === 'gather') return gather(deps, store, task);
  if (affected === 0) return { status: 'no-data' };
  const backups = new Date(deps.clock.now() + BACKUPS_KEPT).toISOString();
  return {
    status: 'done',
    affected,
    ...(task.operation === 'erase' && { backupsExpireAt: backups }),
    ...(undoableUntil !== undefined && { undoableUntil: new Date(undoableUntil).toISOString() }),
  };
}

/** Never remembered: a copy beside the table would outlive an erasure. */
async function gather(
  deps: ServiceDependencies,
  store: SampleStore,
  { identities }: TaskRequest,
): Promise<TaskReply> {
  const records = await findRecords(deps, store, identities);
  if (records.length === 0) return { status: 'no-data' };
  const data = { kind: 'inline', records: records.map(({ fields }) => plain(fields)) } as const;
  return { status: 'done', affected: records.length, data };
}

type PlainRecord = Extract<
  NonNullable<Extract<TaskReply, { status: 'done' }>['data']>,
  { kind: 'inline' }
>['records'][number];

/** Fields are plain JSON, see ServiceRecord. */
function plain(fields: ServiceRecord['fields']): PlainRecord {
  return fields as PlainRecord;
}
