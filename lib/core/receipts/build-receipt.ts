import type { DsrRequest } from '../requests/model/request.ts';
import type { Task } from '../requests/model/task.ts';
import type { Receipt, ReceiptStore } from './receipt.ts';

/** The receipt of a request that has ended. */
export function buildReceipt(request: DsrRequest): Receipt {
  const { dsrId, type, regime, lifecycle, reason, clock, subject, verification } = request;
  return {
    format: 'lethe-receipt/1',
    dsrId,
    type,
    regime,
    outcome: lifecycle,
    ...(reason !== undefined && { reason }),
    receivedAt: iso(request.receivedAt),
    due: clock.due,
    endedAt: iso(request.lifecycleSince),
    inTime: clock.state === 'MET',
    verification,
    subjects: subject.hashes,
    stores: request.tasks.map(storeLine),
    audit: request.audit,
  };
}

function storeLine({ taskId, area, operation, state, outcome }: Task): ReceiptStore {
  return {
    store: taskId,
    area,
    operation,
    outcome: state,
    ...(outcome?.kind === 'succeeded' && {
      affected: outcome.affected,
      ...(outcome.backupsExpireAt !== undefined && {
        backupsExpireAt: iso(outcome.backupsExpireAt),
      }),
      ...(outcome.undoableUntil !== undefined && { undoableUntil: iso(outcome.undoableUntil) }),
      ...(outcome.certificate !== undefined && { certificate: outcome.certificate }),
    }),
    ...(outcome?.kind === 'exempt' && {
      exemptionBasis: outcome.basis,
      ...(outcome.keptUntil !== undefined && { keptUntil: iso(outcome.keptUntil) }),
    }),
  };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
