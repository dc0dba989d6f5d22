import type { TaskState } from '../model/task.ts';
import { defineTransitions } from './transition-table.ts';

/** The weightier words that may still come of an attempt which counts as lost, failed or not run. */
const LATE: readonly TaskState[] = ['SUCCEEDED', 'NO_DATA', 'EXEMPT'];

/** The life of a task. */
export const TASK = defineTransitions<TaskState>({
  name: 'task states',
  initial: 'BLOCKED',
  terminal: ['EXEMPT', 'CANCELLED'],
  moves: {
    BLOCKED: ['READY', 'DISPATCHED', 'RETRY_WAIT', 'DEAD_LETTERED', 'CANCELLED', ...LATE],
    READY: ['DISPATCHED', 'BLOCKED', 'DEAD_LETTERED', 'CANCELLED', ...LATE],
    DISPATCHED: ['RUNNING', 'BLOCKED', 'RETRY_WAIT', 'DEAD_LETTERED', 'CANCELLED', ...LATE],
    RUNNING: ['BLOCKED', 'RETRY_WAIT', 'DEAD_LETTERED', 'CANCELLED', ...LATE],
    RETRY_WAIT: ['READY', 'DEAD_LETTERED', 'CANCELLED', ...LATE],
    DEAD_LETTERED: ['READY', 'CANCELLED', ...LATE],
    // Residue was found, or an undo was asked for.
    SUCCEEDED: ['READY', 'EXEMPT'],
    // The same attempt was done twice, and the first time there was something.
    NO_DATA: ['READY', 'SUCCEEDED', 'EXEMPT'],
    EXEMPT: [],
    CANCELLED: [],
  },
});
