import { extendClock, pauseClock, resumeClock, type ClockOutcome } from '../law/law-clock.ts';
import type { Actor, Command } from '../model/command.ts';
import type { Decision, Refusal } from '../model/decision.ts';
import type { DsrRequest } from '../model/request.ts';
import { decideApproval, decideReject } from './decide-approval.ts';
import { decideCancel, decideRetry, decideUndo } from './decide-work.ts';
import { Draft, refuse, type DecisionContext } from './draft.ts';
import { isTerminal } from './lifecycle-table.ts';

/** Codes, not prose: what people write freely would carry personal data into the audit trail. */
const REASON = /^[a-z][a-z0-9-]{0,63}$/;

/** What a person's command does to a request, or why not. */
export function decideCommand(
  request: DsrRequest,
  command: Command,
  actor: Actor,
  context: DecisionContext,
): Decision {
  if ('reason' in command && !REASON.test(command.reason)) return refuse({ code: 'bad-reason' });
  const draft = new Draft(request, context);
  if (command.kind === 'lift') return lift(draft, command.reason, actor);
  if (isTerminal(request.lifecycle)) {
    return refuse({ code: 'wrong-state', state: request.lifecycle });
  }
  switch (command.kind) {
    case 'approve':
      return decideApproval(draft, actor);
    case 'reject':
      return decideReject(draft, command.reason, actor);
    case 'pause':
    case 'legal-hold':
      return hold(draft, command, actor);
    case 'release':
      return release(draft, actor);
    case 'extend':
      return extend(draft, command.reason, actor);
    case 'pause-clock':
      return setClock(
        draft,
        pauseClock(draft.law, request.clock, command.reason, context.now),
        { action: 'clock-paused', reason: command.reason },
        actor,
      );
    case 'resume-clock':
      return setClock(
        draft,
        resumeClock(draft.law, request.clock, context.now),
        { action: 'clock-resumed' },
        actor,
      );
    case 'retry':
      return decideRetry(draft, command.tasks, actor);
    case 'cancel':
      return decideCancel(draft, command.reason, actor);
    case 'undo':
      return decideUndo(draft, command.reason, actor);
  }
}

function hold(
  draft: Draft,
  command: Extract<Command, { kind: 'pause' | 'legal-hold' }>,
  actor: Actor,
): Decision {
  if (draft.request.hold.kind !== 'NONE') return refuse({ code: 'already-done' });
  const { reason } = command;
  if (command.kind === 'pause') {
    draft.set({ hold: { kind: 'ADMIN_PAUSE', since: draft.now, reason } });
    draft.record('paused', { reason }, actor);
  } else {
    draft.set({ hold: { kind: 'LEGAL_HOLD', since: draft.now, reason, scope: command.scope } });
    draft.record('legal-hold', { reason, scope: command.scope }, actor);
  }
  draft.set({ remindAt: draft.now + draft.context.policy.timeouts.hold });
  return draft.decide();
}

function release(draft: Draft, actor: Actor): Decision {
  if (draft.request.hold.kind === 'NONE') return refuse({ code: 'already-done' });
  draft.set({ hold: { kind: 'NONE' } });
  draft.record('released', {}, actor);
  return draft.decide();
}

function extend(draft: Draft, reason: string, actor: Actor): Decision {
  const { clock } = draft.request;
  const outcome = extendClock(draft.law, clock, reason, draft.now);
  if (outcome.ok) {
    draft.tell('subject', 'delayed', { reason, due: outcome.clock.due, dueBefore: clock.due });
  }
  return setClock(draft, outcome, { action: 'extended', reason }, actor);
}

function setClock(
  draft: Draft,
  outcome: ClockOutcome,
  entry: { readonly action: string; readonly reason?: string },
  actor: Actor,
): Decision {
  if (!outcome.ok) return refuse({ code: 'not-by-law', rule: outcome.rule } satisfies Refusal);
  const { clock } = outcome;
  draft.set({
    clock,
    ...(clock.state === 'PAUSED' && {
      remindAt: draft.now + draft.context.policy.timeouts.hold,
    }),
  });
  const { action, ...reason } = entry;
  draft.record(action, { ...reason, due: clock.due }, actor);
  return draft.decide();
}

/** Ends a fulfilled restriction or objection: the list lets the subject's events pass again. */
function lift(draft: Draft, reason: string, actor: Actor): Decision {
  const { type, lifecycle, lifted } = draft.request;
  const restricts = type === 'restriction' || type === 'objection';
  const fulfilled = lifecycle === 'COMPLETED' || lifecycle === 'COMPLETED_WITH_EXEMPTIONS';
  if (!restricts || !fulfilled) return refuse({ code: 'wrong-state', state: lifecycle });
  if (lifted === true) return refuse({ code: 'already-done' });
  draft.set({ lifted: true });
  draft.record('lifted', { reason }, actor);
  draft.send({ kind: 'lift-suppression' });
  draft.tell('systems', 'restriction-lifted', { reason });
  return draft.decide();
}
