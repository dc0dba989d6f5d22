import type { AuditDraft, AuditFacts } from '../../audit/audit-entry.ts';
import type { Calendar } from '../law/calendar.ts';
import type { LawContext } from '../law/law-clock.ts';
import type { Actor } from '../model/command.ts';
import type { Decision, Refusal } from '../model/decision.ts';
import type { NoticeName, OutboxDraft } from '../model/outbox-message.ts';
import type { Policy, Rules } from '../model/policy.ts';
import type { DsrRequest, Lifecycle } from '../model/request.ts';
import type { Task, TaskState } from '../model/task.ts';
import { isTerminal, LIFECYCLE } from './lifecycle-table.ts';
import { TASK } from './task-table.ts';
import { mayMove } from './transition-table.ts';

/** What a decision may look at besides the request. */
export interface DecisionContext {
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
  readonly policy: Policy;
  readonly rules: Rules;
  /** At least 0, below 1: the jitter of retries. */
  readonly jitter: number;
}

export const SYSTEM: Actor = { kind: 'system', id: 'engine' };

/** A move that no table lists: a fault in the engine, which stops the write. */
export class IllegalTransitionError extends Error {
  override readonly name = 'IllegalTransitionError';
}

/** A request while one decision is made about it; {@link Draft.decide} gives the outcome. */
export class Draft {
  readonly context: DecisionContext;
  request: DsrRequest;
  readonly #before: DsrRequest;
  readonly #audit: AuditDraft[] = [];
  readonly #outbox: OutboxDraft[] = [];
  #claim: readonly string[] = [];

  constructor(request: DsrRequest, context: DecisionContext) {
    this.#before = request;
    this.request = request;
    this.context = context;
  }

  get now(): number {
    return this.context.now;
  }

  get law(): LawContext {
    const { policy } = this.context;
    const calendar: Calendar = { timeZone: policy.timeZone, holidays: policy.holidays };
    return { regime: policy.regimes[this.request.regime]!, type: this.request.type, calendar };
  }

  set(change: Partial<DsrRequest>): void {
    this.request = { ...this.request, ...change };
  }

  record(action: string, facts: AuditFacts = {}, actor: Actor = SYSTEM): void {
    this.#audit.push({ action, actor, facts });
  }

  send(message: OutboxDraft): void {
    this.#outbox.push(message);
  }

  /** Lets the write stand only if no other request holds these names. */
  claim(names: readonly string[]): void {
    this.#claim = names;
  }

  /** Tells an audience; the subject only if there is an address. */
  tell(
    audience: 'subject' | 'administrators' | 'systems',
    notice: NoticeName,
    facts: Readonly<Record<string, string | number>> = {},
  ): void {
    if (audience === 'subject') {
      if (!this.request.subject.contactable) return;
      this.set({ notification: 'PENDING' });
    }
    const terminal = isTerminal(this.request.lifecycle);
    this.send({ kind: 'notice', notice, audience, facts, terminal });
  }

  /** @throws {IllegalTransitionError} if the table does not list the move. */
  moveTo(to: Lifecycle, reason?: string, actor: Actor = SYSTEM): void {
    const from = this.request.lifecycle;
    if (from === to) return;
    if (!mayMove(LIFECYCLE, from, to)) {
      throw new IllegalTransitionError(`A request may not go from ${from} to ${to}.`);
    }
    this.set({ lifecycle: to, lifecycleSince: this.now, reason });
    this.record('moved', { from, to, ...(reason !== undefined && { reason }) }, actor);
  }

  /** @throws {IllegalTransitionError} if the table does not list the move. */
  setTask(taskId: string, change: Partial<Task>): void {
    this.set({
      tasks: this.request.tasks.map((task) =>
        task.taskId === taskId ? moveTask(task, change, this.now) : task,
      ),
    });
  }

  decide(): Decision {
    const [audit, outbox, claim] = [this.#audit, this.#outbox, this.#claim];
    if (this.request === this.#before && audit.length + outbox.length === 0) {
      return { kind: 'unchanged', request: this.request };
    }
    return { kind: 'decided', request: this.request, audit, outbox, claim };
  }
}

export function refuse(refusal: Refusal): Decision {
  return { kind: 'refused', refusal };
}

function moveTask(task: Task, change: Partial<Task>, now: number): Task {
  const to: TaskState = change.state ?? task.state;
  if (to === task.state) return { ...task, ...change };
  if (!mayMove(TASK, task.state, to)) {
    throw new IllegalTransitionError(`A task may not go from ${task.state} to ${to}.`);
  }
  return { ...task, ...change, since: now };
}
