import type { CallbackMessage } from '../../core/requests/model/outbox-message.ts';
import type { DsrRequest, Lifecycle } from '../../core/requests/model/request.ts';
import type { Processor } from './processor.ts';
import { API_VERSION } from './schemas.ts';

type Status = CallbackMessage['status'];

/**
 * OpenDSR knows four states. What ended without being fulfilled is "cancelled", whoever ended it:
 * "completed" says that a request was fulfilled, and nothing that failed may say so.
 */
const STATUS: Readonly<Record<Lifecycle, Status>> = {
  RECEIVED: 'pending',
  AWAITING_IDENTITY: 'pending',
  AWAITING_APPROVAL: 'pending',
  GRACE: 'pending',
  IN_PROGRESS: 'in_progress',
  WAITING: 'in_progress',
  VERIFYING: 'in_progress',
  PARTIALLY_FAILED: 'in_progress',
  COMPLETED: 'completed',
  COMPLETED_WITH_EXEMPTIONS: 'completed',
  FAILED: 'cancelled',
  REJECTED: 'cancelled',
  DUPLICATE: 'cancelled',
  EXPIRED: 'cancelled',
  CANCELLED: 'cancelled',
  CANCELLED_PARTIAL: 'cancelled',
};

export function openDsrStatus(lifecycle: Lifecycle): Status {
  return STATUS[lifecycle];
}

/** A time as OpenDSR writes it: RFC 3339, UTC. */
export function instant(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

/** The body of a status answer; with the callback URL beside it, of a callback. */
export function statusBody(
  processor: Pick<Processor, 'resultsUrl'>,
  request: DsrRequest,
  status: Status,
) {
  const { package: results } = request;
  return {
    controller_id: request.controllerId,
    expected_completion_time: instant(request.clock.dueAt),
    subject_request_id: request.dsrId,
    request_status: status,
    api_version: API_VERSION,
    ...(status === 'completed' &&
      results !== undefined && {
        results_url: processor.resultsUrl(request.dsrId, results.expiresAt),
      }),
  };
}
