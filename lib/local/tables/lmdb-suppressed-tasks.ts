import type { SuppressedTask, SuppressedTasks } from '../../core/ports/suppressed-tasks.ts';
import type { Tables } from './open-tables.ts';

/** The port SuppressedTasks in the local tables. */
export function lmdbSuppressedTasks(tables: Tables): SuppressedTasks {
  const suppressed = tables.table<SuppressedTask, [dsrId: string, taskId: string]>('suppressed');
  return {
    get: (dsrId, taskId) => Promise.resolve(suppressed.get([dsrId, taskId])),
    put: (dsrId, taskId, task) => {
      const isPut = tables.transact(() => {
        if ((suppressed.get([dsrId, taskId])?.attempt ?? 0) > task.attempt) return false;
        suppressed.putSync([dsrId, taskId], task);
        return true;
      });
      return Promise.resolve(isPut ? 'put' : 'fenced');
    },
    ofRequest: (dsrId) => {
      const range = suppressed.getRange({ start: [dsrId, ''], end: [dsrId, '\uffff'] });
      return Promise.resolve([...range].map(({ value }) => value));
    },
  };
}
