import type { Lifecycle } from '../model/request.ts';
import { defineTransitions } from './transition-table.ts';

/** The life of a request. */
export const LIFECYCLE = defineTransitions<Lifecycle>({
  name: 'lifecycles',
  initial: 'RECEIVED',
  terminal: [
    'COMPLETED',
    'COMPLETED_WITH_EXEMPTIONS',
    'FAILED',
    'REJECTED',
    'DUPLICATE',
    'EXPIRED',
    'CANCELLED',
    'CANCELLED_PARTIAL',
  ],
  moves: {
    RECEIVED: ['AWAITING_IDENTITY', 'AWAITING_APPROVAL', 'GRACE', 'IN_PROGRESS', 'DUPLICATE'],
    AWAITING_IDENTITY: [
      'AWAITING_APPROVAL',
      'GRACE',
      'IN_PROGRESS',
      'DUPLICATE',
      'EXPIRED',
      'REJECTED',
      'CANCELLED',
    ],
    AWAITING_APPROVAL: ['GRACE', 'IN_PROGRESS', 'REJECTED', 'CANCELLED'],
    GRACE: ['IN_PROGRESS', 'REJECTED', 'CANCELLED'],
    IN_PROGRESS: ['WAITING', 'VERIFYING', 'PARTIALLY_FAILED', 'CANCELLED', 'CANCELLED_PARTIAL'],
    WAITING: [
      'IN_PROGRESS',
      'VERIFYING',
      'PARTIALLY_FAILED',
      'REJECTED',
      'CANCELLED',
      'CANCELLED_PARTIAL',
    ],
    VERIFYING: [
      'IN_PROGRESS',
      'WAITING',
      'PARTIALLY_FAILED',
      'COMPLETED',
      'COMPLETED_WITH_EXEMPTIONS',
      'CANCELLED',
      'CANCELLED_PARTIAL',
    ],
    PARTIALLY_FAILED: [
      'IN_PROGRESS',
      'WAITING',
      'VERIFYING',
      'FAILED',
      'CANCELLED',
      'CANCELLED_PARTIAL',
    ],
    COMPLETED: [],
    COMPLETED_WITH_EXEMPTIONS: [],
    FAILED: [],
    REJECTED: [],
    DUPLICATE: [],
    EXPIRED: [],
    CANCELLED: [],
    CANCELLED_PARTIAL: [],
  },
});

export function isTerminal(lifecycle: Lifecycle): boolean {
  return LIFECYCLE.terminal.includes(lifecycle);
}
