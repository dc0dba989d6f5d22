import type { DsrRequest, Hold } from '../model/request.ts';
import type { Task } from '../model/task.ts';

/** Whether a hold stops the whole request; a legal hold may keep only some stores. */
export function stopsAll(hold: Hold): boolean {
  return hold.kind === 'ADMIN_PAUSE' || (hold.kind === 'LEGAL_HOLD' && hold.scope === 'all');
}

/** Whether a hold keeps a task from going out. */
export function isHeld({ hold }: Pick<DsrRequest, 'hold'>, { taskId }: Task): boolean {
  return stopsAll(hold) || (hold.kind === 'LEGAL_HOLD' && hold.scope.includes(taskId));
}
