import type { CallbackMessage } from '../model/outbox-message.ts';
import type { Lifecycle } from '../model/request.ts';

/** A lifecycle as OpenDSR 2.0 tells it. What ended without fulfilment is `cancelled` there. */
export function openDsrStatus(lifecycle: Lifecycle): CallbackMessage['status'] {
  switch (lifecycle) {
    case 'RECEIVED':
    case 'AWAITING_IDENTITY':
    case 'AWAITING_APPROVAL':
    case 'GRACE':
      return 'pending';
    case 'IN_PROGRESS':
    case 'WAITING':
    case 'VERIFYING':
    case 'PARTIALLY_FAILED':
      return 'in_progress';
    case 'COMPLETED':
    case 'COMPLETED_WITH_EXEMPTIONS':
      return 'completed';
    case 'FAILED':
    case 'REJECTED':
    case 'DUPLICATE':
    case 'EXPIRED':
    case 'CANCELLED':
    case 'CANCELLED_PARTIAL':
      return 'cancelled';
  }
}
