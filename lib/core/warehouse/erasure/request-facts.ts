import type { RequestStore } from '../../ports/request-store.ts';
import type { RequestFacts } from './erasure-order.ts';

/** What the audit table of the warehouse tells of a request; nothing of one that is not there. */
export function requestFacts(
  requests: Pick<RequestStore, 'load'>,
): (dsrId: string) => Promise<RequestFacts> {
  return async (dsrId) => {
    const request = await requests.load(dsrId);
    if (request === undefined) return {};
    const approver = request.approvals.at(-1)?.by;
    return {
      requestedAt: request.receivedAt,
      dueAt: request.clock.dueAt,
      ...(approver !== undefined && { approver }),
    };
  };
}
