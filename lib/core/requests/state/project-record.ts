import type { DsrRequest } from '../model/request.ts';
import type { TaskState } from '../model/task.ts';
import { openDsrStatus } from './opendsr-status.ts';

type PublishedStatus = 'Pending' | 'In-Progress' | 'Completed' | 'Failed';

/** The record that people inspect, as published; kept beside the fine state and always true to it. */
export interface PublishedRecord {
  readonly DSR_ID: string;
  readonly Tasks: readonly { readonly TaskName: string; readonly Status: PublishedStatus }[];
  readonly OverallStatus: PublishedStatus;
  /** ISO 8601, UTC, whole seconds: `2024-12-23T10:15:30Z`. */
  readonly LastUpdated: string;
}

export function projectRecord(request: DsrRequest): PublishedRecord {
  return {
    DSR_ID: request.dsrId,
    Tasks: request.tasks.map((task) => ({ TaskName: task.name, Status: TASK_STATUS[task.state] })),
    OverallStatus: overallStatus(request),
    LastUpdated: new Date(request.updatedAt).toISOString().replace(/\.\d{3}Z$/, 'Z'),
  };
}

function overallStatus({ lifecycle }: DsrRequest): PublishedStatus {
  const status = openDsrStatus(lifecycle);
  if (status === 'pending') return 'Pending';
  if (status === 'completed') return 'Completed';
  return status === 'in_progress' && lifecycle !== 'PARTIALLY_FAILED' ? 'In-Progress' : 'Failed';
}

const TASK_STATUS: Readonly<Record<TaskState, PublishedStatus>> = {
  BLOCKED: 'Pending',
  READY: 'Pending',
  DISPATCHED: 'In-Progress',
  RUNNING: 'In-Progress',
  RETRY_WAIT: 'In-Progress',
  SUCCEEDED: 'Completed',
  NO_DATA: 'Completed',
  EXEMPT: 'Completed',
  DEAD_LETTERED: 'Failed',
  CANCELLED: 'Failed',
};
