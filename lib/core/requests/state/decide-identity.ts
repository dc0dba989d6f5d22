import { tokenMatches } from '../../identity/one-time-token.ts';
import type { Decision } from '../model/decision.ts';
import type { DsrRequest } from '../model/request.ts';
import { passIdentity } from './advance-lifecycle.ts';
import { Draft, refuse, type DecisionContext } from './draft.ts';
import { endRequest } from './end-request.ts';

/**
 * What the token of a mailed link does. A wrong one costs a try and is written down. The right one
 * sets the request going, unless it is a duplicate.
 */
export function decideToken(
  request: DsrRequest,
  token: string,
  context: DecisionContext,
  duplicateOf?: string,
): Decision & { readonly wrong?: true } {
  const { identity } = request;
  if (identity.kind === 'LOCKED') return refuse({ code: 'locked' });
  if (identity.kind !== 'PENDING') return refuse({ code: 'already-done' });
  if (request.lifecycle !== 'AWAITING_IDENTITY') {
    return refuse({ code: 'wrong-state', state: request.lifecycle });
  }
  if (context.now >= identity.expiresAt) return refuse({ code: 'token-expired' });
  const draft = new Draft(request, context);
  if (tokenMatches(token, identity.tokenHash)) {
    draft.set({ identity: { kind: 'CONFIRMED', at: context.now } });
    draft.record('identity-confirmed', {}, { kind: 'subject' });
    if (duplicateOf === undefined) {
      draft.tell('subject', 'verified', { due: request.clock.due });
      claimSubject(draft);
      passIdentity(draft);
    } else {
      endAsDuplicate(draft, duplicateOf);
    }
    return draft.decide();
  }
  const triesLeft = identity.triesLeft - 1;
  draft.record('identity-wrong-token', { triesLeft });
  if (triesLeft > 0) {
    draft.set({ identity: { ...identity, triesLeft } });
  } else {
    draft.set({ identity: { kind: 'LOCKED', at: context.now } });
    endRequest(draft, 'REJECTED', 'identity-locked');
  }
  return { ...draft.decide(), wrong: true };
}

/** The subject has an open request of the same type: this one ends, and points there. */
export function endAsDuplicate(draft: Draft, duplicateOf: string): void {
  draft.set({ duplicateOf });
  endRequest(draft, 'DUPLICATE', 'open-request');
  draft.record('duplicate', { of: duplicateOf });
}

/** What an open request of a known subject holds alone: its type, for each identity given. */
export function claimSubject(draft: Draft): void {
  const { type, subject } = draft.request;
  draft.claim(subject.hashes.map((hash) => `open/${type}/${hash}`));
}
