import type { z } from 'zod';
import type { AuditEntry } from '../../core/audit/audit-entry.ts';
import type { DsrRequest } from '../../core/requests/model/request.ts';
import type { Task } from '../../core/requests/model/task.ts';
import type { TaskOutcome } from '../../core/requests/model/task-event.ts';
import { instant } from '../opendsr/status.ts';
import type { auditSchema, detailSchema, summarySchema } from './schemas.ts';

type Summary = z.infer<typeof summarySchema>;
type Detail = z.infer<typeof detailSchema>;
type TaskView = Detail['tasks'][number];

const DONE = new Set(['SUCCEEDED', 'NO_DATA', 'EXEMPT']);

/** What a list shows of a request: no identities, no boxes, no hashes. */
export function summarise(request: DsrRequest): Summary {
  return {
    id: request.dsrId,
    type: request.type,
    regime: request.regime,
    controller: request.controllerId,
    channel: request.channel,
    received_at: instant(request.receivedAt),
    updated_at: instant(request.updatedAt),
    lifecycle: request.lifecycle,
    reason: request.reason,
    due: request.clock.due,
    clock: request.clock.state,
    hold: request.hold.kind,
    verification: request.verification,
    notification: request.notification,
    tasks_done: request.tasks.filter(({ state }) => DONE.has(state)).length,
    tasks_total: request.tasks.length,
  };
}

export function describeRequest(request: DsrRequest): Detail {
  const { hold, clock } = request;
  return {
    ...summarise(request),
    identity: request.identity.kind,
    approvals: request.approvals.map(({ by, at }) => ({ by, at: instant(at) })),
    hold_reason: hold.kind === 'NONE' ? undefined : hold.reason,
    hold_stores: hold.kind === 'LEGAL_HOLD' && hold.scope !== 'all' ? [...hold.scope] : undefined,
    extension: clock.extension && {
      at: instant(clock.extension.at),
      reason: clock.extension.reason,
      due_before: clock.extension.dueBefore,
    },
    grace_until: at(request.graceUntil),
    destructive_started: request.destructiveStarted,
    duplicate_of: request.duplicateOf,
    package_expires_at: at(request.package?.expiresAt),
    messages_waiting: request.outbox.length,
    closed_at: at(request.closedAt),
    has_receipt: request.receipt !== undefined,
    tasks: request.tasks.map(describeTask),
    version: request.version,
  };
}

export function describeAudit(entries: readonly AuditEntry[]): z.infer<typeof auditSchema> {
  return {
    entries: entries.map(({ seq, at, action, actor, facts, previous, hash }) => ({
      seq,
      at: instant(at),
      action,
      actor: { ...actor },
      facts: Object.fromEntries(
        Object.entries(facts).map(([name, fact]) => [name, isList(fact) ? [...fact] : fact]),
      ),
      previous,
      hash,
    })),
  };
}

function describeTask(task: Task): TaskView {
  return {
    id: task.taskId,
    area: task.area,
    name: task.name,
    operation: task.operation,
    after: [...task.after],
    state: task.state,
    since: instant(task.since),
    attempt: task.attempt,
    failures: task.failures,
    ...(task.outcome && describeOutcome(task.outcome)),
  };
}

function describeOutcome(outcome: TaskOutcome): Partial<TaskView> {
  switch (outcome.kind) {
    case 'failed':
      return { code: outcome.code };
    case 'exempt':
      return { basis: outcome.basis, kept_until: at(outcome.keptUntil) };
    case 'succeeded':
      return {
        affected: outcome.affected,
        backups_expire_at: at(outcome.backupsExpireAt),
        undoable_until: at(outcome.undoableUntil),
      };
    case 'started':
    case 'accepted':
    case 'not-run':
    case 'no-data':
      return {};
  }
}

function at(milliseconds: number | undefined): string | undefined {
  return milliseconds === undefined ? undefined : instant(milliseconds);
}

function isList(fact: AuditEntry['facts'][string]): fact is readonly string[] {
  return Array.isArray(fact);
}
