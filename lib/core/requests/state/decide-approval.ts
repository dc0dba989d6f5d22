import type { Actor } from '../model/command.ts';
import type { Decision } from '../model/decision.ts';
import { isPlanned, passApproval } from './advance-lifecycle.ts';
import { refuse, type Draft } from './draft.ts';
import { endRequest } from './end-request.ts';

/** One more approval; the last one needed sets the request going. */
export function decideApproval(draft: Draft, actor: Actor): Decision {
  const { lifecycle, approvals, type } = draft.request;
  if (lifecycle !== 'AWAITING_APPROVAL') return refuse({ code: 'wrong-state', state: lifecycle });
  if (actor.kind !== 'administrator') return refuse({ code: 'not-allowed' });
  if (approvals.some(({ by }) => by === actor.id)) return refuse({ code: 'same-approver' });
  const given = [...approvals, { by: actor.id, at: draft.now }];
  const needed = draft.context.policy.approvals[type];
  draft.set({ approvals: given });
  draft.record('approved', { approver: actor.id, given: given.length, needed }, actor);
  if (given.length >= needed) passApproval(draft, actor);
  return draft.decide();
}

/** Refuses the request, with a reason, as long as nothing has been done. */
export function decideReject(draft: Draft, reason: string, actor: Actor): Decision {
  const { lifecycle } = draft.request;
  const early = ['AWAITING_IDENTITY', 'AWAITING_APPROVAL', 'GRACE'].includes(lifecycle);
  if (!early && !(lifecycle === 'WAITING' && !isPlanned(draft))) {
    return refuse({ code: 'illegal-transition', from: lifecycle, to: 'REJECTED' });
  }
  endRequest(draft, 'REJECTED', reason, actor);
  return draft.decide();
}
